import type { StepAssignment } from '@jeroboam/messaging';
import { DRIVER, GROUPS, bayOf, contextOf, useSchedulers } from './testing/scheduler-fixture.ts';
import type { Scheduler } from './testing/scheduler-fixture.ts';

const fixture = useSchedulers();

/** A scheduler whose reactor is not run: what it would do for one create is done here. */
async function withBays(scheduler: Scheduler, ...bayIds: string[]): Promise<void> {
  scheduler.dispatcher.open();
  for (const bayId of bayIds) {
    await scheduler.commands.createBay(bayOf(bayId), GROUPS, contextOf(bayId));
    const operation = { operationId: `op-${bayId}`, kind: 'create' as const, bayId };
    const deadlineAt = new Date(fixture.clock.now().getTime() + 3_600_000).toISOString();
    const data = { bayId, projectId: 'p1', operation, driver: { name: 'swarm_local', version: '1.0.0' }, deadlineAt };
    const { commandId: _, ...context } = contextOf(bayId);
    await scheduler.writeSide.operations.execute(bayId, { type: 'StartOperation', data }, { ...context, commandId: `start-${bayId}` });
    await hear(scheduler, bayId);
  }
}

/** What the reactor does when operations of a bay have changed. */
async function hear({ queue, writeSide }: Scheduler, bayId: string): Promise<void> {
  queue.update(bayId, await writeSide.operations.load(bayId), fixture.clock.now().getTime());
}

const claim = ({ dispatcher }: Scheduler, waitMs = 10_000): Promise<StepAssignment | null> => dispatcher.claim('e1', [DRIVER], waitMs);

async function typesOf(bayId: string): Promise<readonly string[]> {
  return (await fixture.events()).filter(({ stream }) => stream === `operations-${bayId}`).map(({ type }) => type);
}

describe('a claim', () => {
  it('is answered with the step, the bay as it is and a lease', async () => {
    const scheduler = fixture.scheduler();
    await withBays(scheduler, 'b1');
    expect(await claim(scheduler)).toMatchObject({
      lease: { operationId: 'op-b1', step: 'plan', attempt: 1, token: 1 }, step: { name: 'plan' }, bay: { spec: { bayId: 'b1' }, nodes: [] }, operation: { kind: 'create' },
    });
  });

  it('waits for work that comes later', async () => {
    const scheduler = fixture.scheduler();
    const waiting = claim(scheduler);
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.pump();
    expect((await waiting)?.lease.token).toBe(1);
  });

  it('is answered with nothing when its time is up, and leaves no timer behind', async () => {
    const scheduler = fixture.scheduler();
    const waiting = claim(scheduler, 5_000);
    await fixture.clock.advance(5_000);
    expect(await waiting).toBeNull();
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('is answered at once when the scheduler stops, and from then on', async () => {
    const scheduler = fixture.scheduler();
    const waiting = claim(scheduler);
    scheduler.dispatcher.stop();
    expect(await Promise.all([waiting, claim(scheduler)])).toEqual([null, null]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('whose time ran out while its step was being leased still gets the step', async () => {
    const scheduler = fixture.scheduler();
    await withBays(scheduler, 'b1');
    const release = holdNextAppend(scheduler);
    const waiting = claim(scheduler, 5_000);
    await fixture.clock.advance(5_000);
    release();
    expect((await waiting)?.lease.token).toBe(1);
  });

  it('whose time ran out while its lease failed is given nothing later', async () => {
    const scheduler = fixture.scheduler();
    await withBays(scheduler, 'b1');
    const release = holdNextAppend(scheduler);
    const waiting = claim(scheduler, 5_000);
    await fixture.clock.advance(5_000);
    scheduler.log.failNextAppend({ written: false });
    release();
    expect(await waiting).toBeNull();
    scheduler.dispatcher.pump();
    expect((await claim(scheduler))?.lease.token).toBe(1);
  });

  it('never takes a driver beyond its bound, however many come at once', async () => {
    const scheduler = fixture.scheduler({ stepsPerDriver: 2 });
    await withBays(scheduler, 'b1', 'b2', 'b3', 'b4');
    const claims = [1, 2, 3, 4].map(() => claim(scheduler, 1_000));
    await Promise.all(claims.slice(0, 2));
    await fixture.clock.advance(1_000);
    expect((await Promise.all(claims)).map((assignment) => assignment !== null)).toEqual([true, true, false, false]);
  });
});

describe('a log that is away', () => {
  it('does not cost a bay its turn', async () => {
    const scheduler = fixture.scheduler();
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    scheduler.log.failNextAppend({ written: false });
    const waiting = claim(scheduler);
    await fixture.clock.advance(200);
    expect((await waiting)?.lease.token).toBe(1);
  });

  it('leads to no second lease when it had written the first', async () => {
    const scheduler = fixture.scheduler({ leaseTtlMs: 1_000 });
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    scheduler.log.failNextAppend({ written: true });
    const waiting = claim(scheduler);
    await fixture.clock.advance(200);
    expect(await typesOf('b1')).toEqual(['OperationQueued', 'OperationStarted', 'OperationStepDispatched']);
    await fixture.clock.advance(1_200);
    await hear(scheduler, 'b1');
    await fixture.clock.advance(200);
    expect((await waiting)?.lease).toMatchObject({ token: 2, attempt: 2 });
  });

  it('revokes nobody’s lease', async () => {
    const scheduler = fixture.scheduler();
    await scheduler.log.close();
    expect(await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 1 }])).toEqual([]);
  });
});

describe('a lease', () => {
  it('ends when its holder was not heard of in time, and goes to the next', async () => {
    const scheduler = fixture.scheduler({ leaseTtlMs: 1_000 });
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    await claim(scheduler);
    await fixture.clock.advance(1_200);
    expect((await typesOf('b1')).at(-1)).toBe('OperationStepLeaseExpired');
    await hear(scheduler, 'b1');
    expect((await claim(scheduler))?.lease).toMatchObject({ token: 2, attempt: 2 });
    await expect(scheduler.reports.report('b1', { type: 'ReportPlan', data: { token: 1, steps: [] } }, contextOf('late'))).rejects.toMatchObject({ code: 'STALE_LEASE' });
  });

  it('lives as long as its holder is heard of', async () => {
    const scheduler = fixture.scheduler({ leaseTtlMs: 1_000 });
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    await claim(scheduler);
    for (let beat = 0; beat < 5; beat += 1) {
      await fixture.clock.advance(800);
      expect(await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 1 }])).toEqual([]);
    }
    expect((await typesOf('b1')).at(-1)).toBe('OperationStepDispatched');
  });

  it('leaves its place to another bay while its step rests', async () => {
    const scheduler = fixture.scheduler({ stepsPerDriver: 1 });
    await withBays(scheduler, 'b1', 'b2');
    await claim(scheduler);
    const waiting = claim(scheduler);
    expect(await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 1, resting: true }])).toEqual([]);
    expect((await waiting)?.bay.spec.bayId).toBe('b2');
  });

  it('also ends while its step rests, when its holder was not heard of in time', async () => {
    const scheduler = fixture.scheduler({ leaseTtlMs: 1_000 });
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    await claim(scheduler);
    await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 1, resting: true }]);
    await fixture.clock.advance(1_200);
    expect((await typesOf('b1')).at(-1)).toBe('OperationStepLeaseExpired');
  });

  it('is known to a scheduler that has just started', async () => {
    const before = fixture.scheduler();
    await withBays(before, 'b1');
    await claim(before);
    expect(await fixture.scheduler().dispatcher.heartbeat([{ bayId: 'b1', token: 1 }])).toEqual([]);
  });

  it('is revoked when another one took its place, or its operation ended', async () => {
    const scheduler = fixture.scheduler();
    await withBays(scheduler, 'b1');
    await claim(scheduler);
    expect(await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 7 }, { bayId: 'unknown', token: 1 }])).toEqual([{ bayId: 'b1', token: 7 }, { bayId: 'unknown', token: 1 }]);
    await fixture.clock.advance(3_600_000);
    await scheduler.writeSide.operations.execute('b1', { type: 'ExpireDeadline', data: { operationId: 'op-b1' } }, contextOf('deadline'));
    await hear(scheduler, 'b1');
    expect(await scheduler.dispatcher.heartbeat([{ bayId: 'b1', token: 1 }])).toEqual([{ bayId: 'b1', token: 1 }]);
  });
});

describe('a deadline', () => {
  it('ends an operation that nobody works on, once', async () => {
    const scheduler = fixture.scheduler({ tickMs: 60_000 });
    await withBays(scheduler, 'b1');
    scheduler.dispatcher.start();
    await fixture.clock.advance(3_720_000);
    expect(await typesOf('b1')).toEqual(['OperationQueued', 'OperationStarted', 'OperationTimedOut']);
  });
});

/** Holds the next append until it is told to go on. */
function holdNextAppend({ log }: Scheduler): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const append = log.append.bind(log);
  log.append = async (...args) => {
    log.append = append;
    await promise;
    return append(...args);
  };
  return resolve;
}
