import type { OperationView } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { SchedulerController } from './scheduler.controller.ts';
import { GROUPS, bayOf, contextOf, useSchedulers } from './testing/scheduler-fixture.ts';
import type { Scheduler } from './testing/scheduler-fixture.ts';

const fixture = useSchedulers();
const TOO_FEW = [baySamples.group('default-master', 0)];

const create = ({ commands }: Scheduler, bayId: string, groups = GROUPS) => commands.createBay(bayOf(bayId), groups, contextOf(`create-${bayId}`));
const resize = ({ commands }: Scheduler, nodeCount: number, name = 'resize') => commands.ask('b1', { type: 'ResizeBay', data: { nodeGroup: 'default-worker', nodeCount, nodesToRemove: [] } }, contextOf(name));

async function slotsOf({ writeSide }: Scheduler): Promise<readonly string[]> {
  return [...(await writeSide.quotas.load('p1')).state.slots.keys()];
}

/** A bay that may be resized. */
async function completeBay(scheduler: Scheduler): Promise<void> {
  const { operationId } = await create(scheduler, 'b1');
  const joined = [baySamples.MASTER, ...baySamples.WORKERS];
  await scheduler.writeSide.bays.execute('b1', { type: 'ObserveBay', data: { operationId: operationId!, token: 1, joined, removed: [] } }, contextOf('observe'));
  await scheduler.writeSide.bays.execute('b1', { type: 'CompleteOperation', data: { operationId: operationId!, outputs: {} } }, contextOf('complete'));
}

describe('creating bays', () => {
  it('lets exactly the quota through, however many come at once', async () => {
    const scheduler = fixture.scheduler({ defaultQuota: 20 });
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => create(scheduler, `b${index}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'RESOURCE_LIMIT_EXCEEDED' });
    expect((await fixture.events()).filter(({ type }) => type === 'BayCreationRequested')).toHaveLength(20);
  });

  it('gives the slot back when the bay is refused', async () => {
    const scheduler = fixture.scheduler();
    await expect(create(scheduler, 'b1', TOO_FEW)).rejects.toMatchObject({ code: 'INVALID_BAY' });
    expect(await slotsOf(scheduler)).toEqual([]);
  });

  it('takes a slot again when a refused create comes back put right, and gives it back each time it is not', async () => {
    const scheduler = fixture.scheduler();
    for (let time = 0; time < 3; time += 1) {
      await expect(create(scheduler, 'b1', TOO_FEW)).rejects.toMatchObject({ code: 'INVALID_BAY' });
      expect(await slotsOf(scheduler)).toEqual([]);
    }
    await create(scheduler, 'b1');
    expect(await slotsOf(scheduler)).toEqual(['b1']);
  });

  it('keeps the slot while nobody knows whether the bay was written', async () => {
    const scheduler = fixture.scheduler();
    const append = scheduler.log.append.bind(scheduler.log);
    scheduler.log.append = async (stream, ...rest) => {
      if (stream === 'bay-b1') scheduler.log.failNextAppend({ written: true });
      return append(stream, ...rest);
    };
    await expect(create(scheduler, 'b1')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await slotsOf(scheduler)).toEqual(['b1']);
    expect((await create(scheduler, 'b1')).operationId).not.toBeNull();
    expect((await fixture.events()).map(({ type }) => type)).toEqual(['BaySlotReserved', 'BayCreationRequested']);
  });

  it('takes no slot away from the bay that holds the id already', async () => {
    const scheduler = fixture.scheduler();
    await create(scheduler, 'b1');
    await expect(scheduler.commands.createBay(bayOf('b1'), GROUPS, contextOf('another'))).rejects.toMatchObject({ code: 'BAY_ALREADY_EXISTS' });
    expect(await slotsOf(scheduler)).toEqual(['b1']);
  });
});

describe('the same command again', () => {
  it.each([
    ['create', (scheduler: Scheduler) => create(scheduler, 'b1')],
    ['resize', (scheduler: Scheduler) => resize(scheduler, 3)],
    ['delete', ({ commands }: Scheduler) => commands.ask('b1', { type: 'DeleteBay', data: {} }, contextOf('delete'))],
  ])('answers the operation that the first %s began, also after a restart, and writes nothing', async (_name, send) => {
    const scheduler = fixture.scheduler();
    await completeBay(scheduler);
    const first = await send(scheduler);
    const events = await fixture.events();
    expect(first.operationId).not.toBeNull();
    expect((await send(scheduler)).operationId).toBe(first.operationId);
    const { operationId, position } = await send(fixture.scheduler());
    expect([operationId, position]).toEqual([first.operationId, events.filter(({ stream }) => stream === 'bay-b1').at(-1)!.position]);
    expect(await fixture.events()).toEqual(events);
  });

  it('answers the refusal that the first resize met', async () => {
    const scheduler = fixture.scheduler();
    await create(scheduler, 'b1');
    const { operationId } = await resize(scheduler, 3);
    expect((await resize(scheduler, 3)).operationId).toBe(operationId);
    expect((await fixture.events()).filter(({ type }) => type === 'BayResizeRefused')).toHaveLength(1);
  });
});

describe('a command for what is so already', () => {
  it('has no operation, and names the position at which it was seen to be so', async () => {
    const scheduler = fixture.scheduler();
    await completeBay(scheduler);
    expect(await resize(scheduler, 2)).toEqual({ operationId: null, position: (await fixture.events()).at(-1)!.position });
    await scheduler.commands.ask('b1', { type: 'DeleteBay', data: {} }, contextOf('delete'));
    expect(await scheduler.commands.ask('b1', { type: 'DeleteBay', data: {} }, contextOf('delete-2'))).toEqual({ operationId: null, position: (await fixture.events()).at(-1)!.position });
  });
});

describe('rotating credentials', () => {
  const message = (name: string, payload: { purposes?: readonly 'control'[]; rebindOwner?: boolean }) => (
    { payload: { bayId: 'b1', ...payload }, context: { ...contextOf(name), actor: { userId: 'u2', projectId: 'p1', roles: ['member', 'reader'] } } });

  it('tells whoever carries it out which purposes are meant, and a new owner’s roles from whoever asks', async () => {
    const scheduler = fixture.scheduler();
    await scheduler.reactor.start();
    await completeBay(scheduler);
    await scheduler.writeSide.bays.execute('b1', { type: 'IntendCredential', data: { operationId: 'create', name: 'jeroboam-b1-control-1', purpose: 'control', mode: 'app_cred' } }, contextOf('intend'));
    const door = new SchedulerController(scheduler.commands, scheduler.dispatcher, scheduler.reports, undefined as never, undefined as never);
    await door.rotateCredential(message('all', {}));
    await door.rotateCredential(message('one', { purposes: ['control'], rebindOwner: true }));
    await fixture.settled();
    const queued = (await fixture.events()).filter(({ type }) => type === 'OperationQueued').map(({ data }) => (data as { operation: OperationView }).operation);
    expect(queued.slice(1).map(({ kind, rotation }) => [kind, rotation])).toEqual([
      ['rotate-credential', {}], ['rotate-credential', { purposes: ['control'], rebindOwner: { roles: ['member', 'reader'] } }],
    ]);
  });
});
