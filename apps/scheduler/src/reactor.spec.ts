import type { NodeView, RecordedEvent, StepOutcome } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import type { StepAssignment } from '@jeroboam/messaging';
import { DRIVER, GROUPS, bayOf, contextOf, useSchedulers } from './testing/scheduler-fixture.ts';
import type { Scheduler } from './testing/scheduler-fixture.ts';

const fixture = useSchedulers();
const [MASTER, FIRST, SECOND] = [baySamples.MASTER, ...baySamples.WORKERS];
const ALL: readonly NodeView[] = [MASTER, FIRST, SECOND];
let names = 0;
const context = () => contextOf(`message-${(names += 1)}`);

async function started(...config: Parameters<typeof fixture.scheduler>): Promise<Scheduler> {
  const scheduler = fixture.scheduler(...config);
  await scheduler.reactor.start();
  await fixture.settled();
  return scheduler;
}

async function take(scheduler: Scheduler): Promise<StepAssignment> {
  const assignment = await scheduler.dispatcher.claim('e1', [DRIVER], 1_000);
  if (!assignment) throw new Error('there was no step to take');
  return assignment;
}

const heldBy = ({ bay, lease }: StepAssignment) => ({ bayId: bay.spec.bayId, token: lease.token });

async function done(scheduler: Scheduler, assignment: StepAssignment, outcome: StepOutcome = {}): Promise<void> {
  const { bayId, token } = heldBy(assignment);
  const report = assignment.step.name === 'plan' ? undefined : ({ type: 'ReportStepSucceeded', data: { token, outcome } } as const);
  if (report) await scheduler.reports.report(bayId, report, context());
}

/** Takes the plan of what comes next, then its steps, each with what it sees. */
async function carryOut(scheduler: Scheduler, steps: Readonly<Record<string, StepOutcome>>): Promise<void> {
  const plan = await take(scheduler);
  await scheduler.reports.report(heldBy(plan).bayId, { type: 'ReportPlan', data: { token: plan.lease.token, steps: Object.keys(steps).map((name) => ({ name })) } }, context());
  for (const outcome of Object.values(steps)) {
    await fixture.settled();
    await done(scheduler, await take(scheduler), outcome);
  }
  await fixture.settled();
}

async function create(scheduler: Scheduler, bayId = 'b1'): Promise<void> {
  await scheduler.commands.createBay(bayOf(bayId), GROUPS, contextOf(`create-${bayId}`));
  await fixture.settled();
}

async function resize(scheduler: Scheduler, nodeCount: number): Promise<void> {
  await scheduler.commands.ask('b1', { type: 'ResizeBay', data: { nodeGroup: 'default-worker', nodeCount, nodesToRemove: [] } }, context());
  await fixture.settled();
}

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Has the reactor wait before it hears that a step succeeded, until it is told to go on. */
function holdSuccess({ log }: Scheduler): () => void {
  const subscribe = log.subscribe.bind(log);
  const { promise, resolve } = Promise.withResolvers<void>();
  log.subscribe = (options, handler) => subscribe(options, async (batch) => {
    if (batch.events.some(({ type }) => type === 'OperationStepSucceeded')) await promise;
    await handler(batch);
  });
  return resolve;
}

const bayEvents = (events: readonly RecordedEvent[]) => events.filter(({ stream }) => stream === 'bay-b1').map(({ type }) => type);
const bayState = async ({ writeSide }: Scheduler) => (await writeSide.bays.load('b1')).state;

/** A bay made, made smaller and deleted. */
async function wholeLife(scheduler: Scheduler): Promise<void> {
  await create(scheduler);
  await carryOut(scheduler, { network: { outputs: { stackId: 's1' } }, nodes: { nodesJoined: ALL, outputs: { apiAddress: 'tcp://a' } } });
  await shrink(scheduler);
  await scheduler.commands.ask('b1', { type: 'DeleteBay', data: {} }, contextOf('delete'));
  await fixture.settled();
  await carryOut(scheduler, { remove: { nodesRemoved: [MASTER.name, FIRST.name] }, withdraw: {} });
}

/** The step that joins sees what was there already; the one after it removes a node. */
async function shrink(scheduler: Scheduler): Promise<void> {
  await resize(scheduler, 1);
  await carryOut(scheduler, { join: { nodesJoined: ALL }, remove: { nodesRemoved: [SECOND.name] } });
}

describe('Reactor', () => {
  it('carries requests on to operations, steps to facts and ends to outcomes', async () => {
    await wholeLife(await started());
    expect(bayEvents(await fixture.events())).toEqual([
      'BayCreationRequested', 'BayStackAssigned', 'NodeJoined', 'NodeJoined', 'NodeJoined', 'BayProvisioned',
      'BayResizeRequested', 'NodeRemoved', 'BayResized', 'BayDeletionRequested', 'NodeRemoved', 'NodeRemoved', 'BayDeleted',
    ]);
    expect((await fixture.events()).filter(({ stream }) => stream === 'quota-p1').map(({ type }) => type)).toEqual(['BaySlotReserved', 'BaySlotReleased']);
  });

  it('changes nothing when it reads the whole log again because its checkpoint was deleted', async () => {
    const first = await started();
    await wholeLife(first);
    await create(first, 'b2');
    await carryOut(first, { nodes: { nodesJoined: ALL } });
    const before = await fixture.events();
    await fixture.stop(first);
    await fixture.forgetReadModel();
    await started();
    expect(await fixture.events()).toEqual(before);
  });

  it('brings no removed node back when it reads the log of a living bay again', async () => {
    const first = await started();
    await create(first);
    await carryOut(first, { nodes: { nodesJoined: ALL } });
    await shrink(first);
    const before = await fixture.events();
    await fixture.stop(first);
    await fixture.forgetReadModel();
    const second = await started();
    expect(await bayState(second)).toMatchObject({ status: 'UPDATE_COMPLETE', nodes: [MASTER, FIRST] });
    expect(await fixture.events()).toEqual(before);
  });

  it('goes on after a restart where it was', async () => {
    const first = await started();
    await create(first);
    const lost = await take(first);
    await fixture.settled();
    await fixture.stop(first);
    const second = await started({ executorsShareProcess: true });
    await expect(second.reports.report('b1', { type: 'ReportPlan', data: { token: lost.lease.token, steps: [] } }, context())).rejects.toMatchObject({ code: 'STALE_LEASE' });
    await carryOut(second, { nodes: { nodesJoined: ALL } });
    expect(await bayState(second)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });

  it('takes up what was written while nobody was there', async () => {
    const nobody = fixture.scheduler();
    await nobody.commands.createBay(bayOf('b1'), GROUPS, contextOf('create'));
    const scheduler = await started();
    await carryOut(scheduler, { nodes: { nodesJoined: ALL } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });

  it('gives a step out only when the bay shows what the step before it saw', async () => {
    const scheduler = fixture.scheduler();
    const release = holdSuccess(scheduler);
    await scheduler.reactor.start();
    await create(scheduler);
    const plan = await take(scheduler);
    await scheduler.reports.report('b1', { type: 'ReportPlan', data: { token: plan.lease.token, steps: [{ name: 'one' }, { name: 'two' }] } }, context());
    await fixture.settled();
    const { operations } = scheduler.writeSide;
    const load = operations.load.bind(operations);
    const look = Promise.withResolvers<void>();
    // The reactor sees that the step was given out, and looks at the operations only when it has been reported too.
    operations.load = async (bayId) => {
      operations.load = load;
      await look.promise;
      return load(bayId);
    };
    const one = await take(scheduler);
    while (operations.load !== load) await aTurn();
    await done(scheduler, one, { nodesJoined: ALL });
    look.resolve();
    const two = take(scheduler);
    for (let turn = 0; turn < 20; turn += 1) await aTurn();
    release();
    expect((await two).bay.nodes).toEqual(ALL);
  });

  it('gives no step out after a start before it has caught up', async () => {
    const first = await started();
    await create(first);
    const plan = await take(first);
    await first.reports.report('b1', { type: 'ReportPlan', data: { token: plan.lease.token, steps: [{ name: 'one' }, { name: 'two' }] } }, context());
    await fixture.settled();
    const one = await take(first);
    await fixture.settled();
    await fixture.stop(first);
    await done(fixture.scheduler(), one, { nodesJoined: ALL });
    const second = fixture.scheduler();
    const release = holdSuccess(second);
    await second.reactor.start();
    const two = take(second);
    for (let turn = 0; turn < 20; turn += 1) await aTurn();
    release();
    expect((await two).bay.nodes).toEqual(ALL);
  });

  it('calls nothing complete that the bay does not show', async () => {
    const scheduler = await started();
    await create(scheduler);
    await carryOut(scheduler, { nodes: { nodesJoined: [MASTER, FIRST] } });
    expect(bayEvents(await fixture.events()).at(-1)).toBe('BayCreationFailed');
    expect((await fixture.events()).find(({ type }) => type === 'BayCreationFailed')?.data).toMatchObject({ reason: 'default-worker has 1 of 2 nodes' });
  });

  it('lets the newest size win, with what the superseded one left', async () => {
    const scheduler = await started();
    await create(scheduler);
    await carryOut(scheduler, { nodes: { nodesJoined: ALL } });
    await resize(scheduler, 3);
    const old = await take(scheduler);
    await resize(scheduler, 1);
    expect(await scheduler.dispatcher.heartbeat([heldBy(old)])).toEqual([heldBy(old)]);
    await scheduler.reports.report('b1', { type: 'ReportStepFailed', data: { token: old.lease.token, reason: 'told to stop', retryable: true, maxAttempts: null, blockedBy: [] } }, context());
    await fixture.settled();
    await carryOut(scheduler, { remove: { nodesRemoved: [SECOND.name] } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'UPDATE_COMPLETE', nodes: [MASTER, FIRST] });
  });

  it('records what the infrastructure metered, of steps that succeed and that fail, and keeps of it what is new', async () => {
    const scheduler = await started();
    await create(scheduler);
    const machine = (number: number, to: string | null = null) => ({ machineId: `m${number}`, node: `default-worker-${number}`, nodeGroup: 'default-worker', from: '2026-01-31T11:00:00.000Z', to });
    const plan = await take(scheduler);
    await scheduler.reports.report('b1', { type: 'ReportPlan', data: { token: plan.lease.token, steps: [{ name: 'nodes' }, { name: 'more' }] } }, context());
    await fixture.settled();
    const first = await take(scheduler);
    expect(first.bay.machinesSince).toBeUndefined();
    await done(scheduler, first, { nodesJoined: ALL, machines: [machine(0)] });
    await fixture.settled();
    const second = await take(scheduler);
    expect(second.bay.machinesSince).toBe('2026-01-31T10:00:00.000Z');
    const failure = { token: second.lease.token, reason: 'no space', retryable: false, maxAttempts: null, blockedBy: [], machines: [machine(0), machine(1)] };
    await scheduler.reports.report('b1', { type: 'ReportStepFailed', data: failure }, context());
    await fixture.settled();
    const events = await fixture.events();
    const kept = (type: string) => events.filter((event) => event.type === type).map(({ data }) => (data as { machines?: unknown }).machines);
    expect(kept('MachinesMetered')).toEqual([[machine(0)], [machine(1)]]);
    expect(kept('OperationStepFailed')).toEqual([[machine(1)]]);
    expect(await bayState(scheduler)).toMatchObject({ status: 'CREATE_FAILED', machines: [machine(0), machine(1)] });
  });

  it('deletes a bay whose creation failed before anything was made', async () => {
    const scheduler = await started();
    await create(scheduler);
    const plan = await take(scheduler);
    await scheduler.reports.report('b1', { type: 'ReportStepFailed', data: { token: plan.lease.token, reason: 'no dockerd', retryable: false, maxAttempts: null, blockedBy: [] } }, context());
    await fixture.settled();
    expect(await bayState(scheduler)).toMatchObject({ status: 'CREATE_FAILED', resources: [] });
    await scheduler.commands.ask('b1', { type: 'DeleteBay', data: {} }, context());
    await fixture.settled();
    await carryOut(scheduler, { withdraw: {} });
    expect(await bayState(scheduler)).toEqual({ phase: 'deleted' });
  });

  it('fails the bay whose steps all succeeded and which does not show it', async () => {
    const scheduler = await started();
    await create(scheduler);
    await carryOut(scheduler, { nodes: { nodesJoined: [MASTER] } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'CREATE_FAILED', operations: [] });
    expect((await fixture.events()).at(-1)).toMatchObject({ data: { reason: 'default-worker has 0 of 2 nodes' } });
  });

  it('fails the bay whose outcome a bug keeps from being decided', async () => {
    const scheduler = await started();
    await create(scheduler);
    const execute = scheduler.writeSide.bays.execute.bind(scheduler.writeSide.bays);
    scheduler.writeSide.bays.execute = async (bayId, command, bayContext) => {
      if (command.type === 'CompleteOperation') throw new TypeError('undefined is not a function');
      return execute(bayId, command, bayContext);
    };
    await carryOut(scheduler, { nodes: { nodesJoined: ALL } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'CREATE_FAILED', operations: [] });
    expect(scheduler.logger.lines.some(({ level }) => level === 'error')).toBe(true);
  });

  it('carries a node group through its life, beside a resize of another', async () => {
    const scheduler = await started();
    await create(scheduler);
    await carryOut(scheduler, { nodes: { nodesJoined: ALL, outputs: { apiAddress: 'tcp://a' } } });
    const gpu = baySamples.group('gpu', 1, { isDefault: false });
    await scheduler.commands.ask('b1', { type: 'CreateNodeGroup', data: { nodeGroup: gpu } }, context());
    await scheduler.commands.ask('b1', { type: 'ResizeBay', data: { nodeGroup: 'default-worker', nodeCount: 1, nodesToRemove: [] } }, context());
    await fixture.settled();
    await carryOut(scheduler, { grow: { nodesJoined: [baySamples.node('gpu-0')] } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'UPDATE_IN_PROGRESS', operations: [{ kind: 'resize' }] });
    await carryOut(scheduler, { shrink: { nodesRemoved: [SECOND.name] } });
    expect(await bayState(scheduler)).toMatchObject({ status: 'UPDATE_COMPLETE', operations: [] });
    await scheduler.commands.ask('b1', { type: 'DeleteNodeGroup', data: { nodeGroup: 'gpu' } }, context());
    await fixture.settled();
    await carryOut(scheduler, { shrink: { nodesRemoved: ['gpu-0'] } });
    expect(bayEvents(await fixture.events()).slice(-8)).toEqual([
      'NodeGroupCreationRequested', 'BayResizeRequested', 'NodeJoined', 'NodeGroupCreated', 'NodeRemoved', 'BayResized',
      'NodeGroupDeletionRequested', 'NodeRemoved', 'NodeGroupDeleted',
    ].slice(-8));
  });

  it('lets the version that an upgrade leads to do its work', async () => {
    const scheduler = await started();
    await create(scheduler);
    await carryOut(scheduler, { nodes: { nodesJoined: ALL, outputs: { apiAddress: 'tcp://a' } } });
    await scheduler.commands.ask('b1', { type: 'UpgradeBay', data: { nodeGroup: null, to: baySamples.TARGET, maxBatchSize: 1 } }, context());
    await fixture.settled();
    const ofOldVersion = scheduler.dispatcher.claim('e1', [DRIVER], 10);
    await fixture.clock.advance(10);
    expect(await ofOldVersion).toBeNull();
    expect(await scheduler.dispatcher.claim('e2', ['swarm_local@1.1.0'], 1_000)).toMatchObject({ operation: { kind: 'upgrade', upgrade: { to: baySamples.TARGET } } });
  });

  it('hears nothing of a bay that is gone', async () => {
    const scheduler = await started();
    await wholeLife(scheduler);
    const before = await fixture.events();
    await expect(scheduler.reports.ledger({ bayId: 'b1', token: 1 }, (operationId) => ({ type: 'IntendResources', data: { operationId, resources: [{ resourceId: 'r', type: 't', name: 'n' }] } }), context())).rejects.toMatchObject({ code: 'STALE_LEASE' });
    expect(await fixture.events()).toEqual(before);
  });

  it.each([true, false])('comes to the same end when its own appends fail, having written: %s', async (written) => {
    const scheduler = await started();
    await create(scheduler);
    const plan = await take(scheduler);
    await scheduler.reports.report('b1', { type: 'ReportPlan', data: { token: plan.lease.token, steps: [{ name: 'one' }] } }, context());
    await fixture.settled();
    const one = await take(scheduler);
    await fixture.settled();
    await done(scheduler, one, { nodesJoined: ALL });
    // The first append from here on is the reactor's: what the step saw.
    scheduler.log.failNextAppend({ written });
    await fixture.settled(500);
    expect(bayEvents(await fixture.events())).toEqual(['BayCreationRequested', 'NodeJoined', 'NodeJoined', 'NodeJoined', 'BayProvisioned']);
  });

  it('ends a stop that comes while it is starting', async () => {
    const scheduler = fixture.scheduler();
    await scheduler.commands.createBay(bayOf('b1'), GROUPS, contextOf('create'));
    await scheduler.reactor.start();
    await expect(scheduler.reactor.stop()).resolves.toBeUndefined();
  });
});
