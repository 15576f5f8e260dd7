import { SYSTEM_ACTOR, operationsDecider } from '@jeroboam/domain';
import type { BayEvent, OperationCommand, OperationEvent, OperationView } from '@jeroboam/domain';
import { baySamples, replay } from '@jeroboam/domain/testing';
import type { OperationDocument } from './documents.ts';
import { operationsProjection } from './operations.projection.ts';
import { ProjectedDocuments, momentOf, recorded } from './projected-documents.fixture.ts';

const { BAY, completeBay, events } = baySamples;
const DEADLINE = '2026-01-31T13:00:00.000Z';
const NOW = { now: '2026-01-31T12:00:00.000Z' };

const startOf = (operation: OperationView): OperationCommand => ({
  type: 'StartOperation', metadata: NOW,
  data: { bayId: BAY, projectId: 'p1', operation, driver: { name: 'swarm_local', version: '1.0.0' }, deadlineAt: DEADLINE },
});
const start = startOf({ operationId: 'op-create', kind: 'create', bayId: BAY });
const dispatch = (now = NOW.now): OperationCommand => ({ type: 'DispatchStep', metadata: { now }, data: { executorId: 'e1' } });
const plan: OperationCommand = { type: 'ReportPlan', metadata: NOW, data: { token: 1, steps: [{ name: 'network' }, { name: 'nodes' }] } };
const succeed = (token: number, outcome = {}): OperationCommand => ({
  type: 'ReportStepSucceeded', metadata: NOW, data: { token, outcome },
});
const fail = (token: number, retryable: boolean): OperationCommand => ({
  type: 'ReportStepFailed', metadata: NOW, data: { token, reason: 'no space', retryable, maxAttempts: null, blockedBy: ['port-1'] },
});

/** Positions of the operations stream begin behind those of the bay. */
const FIRST = 100;

async function documentsAfter(bayEvents: readonly BayEvent[], operationEvents: readonly OperationEvent[] = []) {
  const documents = new ProjectedDocuments(operationsProjection);
  await documents.apply(...recorded(`bay-${BAY}`, bayEvents));
  return documents.apply(...recorded(`operations-${BAY}`, operationEvents, FIRST, { actor: SYSTEM_ACTOR }));
}

async function operationAfter(...commands: readonly OperationCommand[]): Promise<OperationDocument> {
  const documents = await documentsAfter([events.requested()], replay(operationsDecider, [start, ...commands]).events);
  return (await documents.get<OperationDocument>('operations', 'op-create'))!;
}

const step = (operation: OperationDocument, name: string) => operation.steps.find((each) => each.name === name);

describe('the operations projection', () => {
  it('shows an operation as ACCEPTED from the event that accepted it, as asked for by the one who asked', async () => {
    const documents = await documentsAfter([events.requested()]);
    expect(await documents.get('operations', 'op-create')).toEqual({
      id: 'op-create', bayId: BAY, projectId: 'p1', kind: 'create', nodeGroup: null, state: 'ACCEPTED',
      requestedBy: 'u1', requestId: 'req-1', correlationId: 'correlation-1',
      deadline: null, attempt: 0, steps: [], result: null, createdAt: momentOf(1), finishedAt: null,
    });
  });

  it('takes the word of the bay for a failure that no step noticed', async () => {
    const story = replay(operationsDecider, [start, dispatch(), { ...plan, data: { token: 1, steps: [] } } as OperationCommand]).events;
    const documents = await documentsAfter([events.requested()], story);
    expect(await documents.get('operations', 'op-create')).toMatchObject({ state: 'SUCCEEDED' });
    await documents.apply(...recorded(`bay-${BAY}`, [events.requested(), events.creationFailed('default-worker has 0 of 2 nodes')], FIRST * 2).slice(1));
    expect(await documents.get('operations', 'op-create')).toMatchObject({ state: 'FAILED', result: { reason: 'default-worker has 0 of 2 nodes' } });
  });

  it('gives later operations the project of their bay, whoever asks', async () => {
    const documents = new ProjectedDocuments(operationsProjection);
    await documents.apply(...recorded(`bay-${BAY}`, completeBay));
    const admin = { userId: 'root', projectId: 'p9', roles: ['admin'] };
    await documents.apply(...recorded(`bay-${BAY}`, [events.resizeRequested(3), events.deletionRequested()], 10, { actor: admin }));
    const common = { projectId: 'p1', requestedBy: 'root', state: 'ACCEPTED' };
    expect(await documents.get('operations', 'op-resize')).toMatchObject({ ...common, kind: 'resize', nodeGroup: 'default-worker' });
    expect(await documents.get('operations', 'op-delete')).toMatchObject({ ...common, kind: 'delete', nodeGroup: null });
  });

  it('shows a resize that was refused after its 202 as FAILED, with the reason', async () => {
    const refused: BayEvent = {
      type: 'BayResizeRefused', schemaVersion: 1,
      data: { bayId: BAY, operationId: 'op-refused', nodeGroup: 'default-worker', nodeCount: 9, code: 'STATUS_FORBIDS', reason: 'not now' },
    };
    const documents = await documentsAfter([events.requested(), refused]);
    expect(await documents.get('operations', 'op-refused')).toMatchObject({
      state: 'FAILED', nodeGroup: 'default-worker', result: { reason: 'not now', code: 'STATUS_FORBIDS' },
      createdAt: momentOf(2), finishedAt: momentOf(2),
    });
  });

  it('keeps who asked when the service itself queues and starts it', async () => {
    expect(await operationAfter()).toMatchObject({ state: 'RUNNING', deadline: DEADLINE, requestedBy: 'u1', createdAt: momentOf(1) });
  });

  it('shows the plan as the first step, then the steps of the plan in their order', async () => {
    const operation = await operationAfter(dispatch(), plan);
    const states = operation.steps.map(({ name, state }) => [name, state]);
    expect(states).toEqual([['plan', 'SUCCEEDED'], ['network', 'PENDING'], ['nodes', 'PENDING']]);
    expect(step(operation, 'plan')).toMatchObject({ attempts: 1, startedAt: momentOf(FIRST + 2), finishedAt: momentOf(FIRST + 3) });
  });

  it('shows what a step waits for, and forgets it when the step succeeds', async () => {
    const waiting = await operationAfter(dispatch(), plan, dispatch(), fail(2, true));
    expect(waiting).toMatchObject({ state: 'WAITING', attempt: 1 });
    const step1 = { state: 'WAITING', attempts: 1, error: 'no space', blockedBy: ['port-1'], finishedAt: null };
    expect(step(waiting, 'network')).toMatchObject(step1);
    const running = await operationAfter(dispatch(), plan, dispatch(), fail(2, true), dispatch('2026-01-31T12:00:09.000Z'), succeed(3));
    expect(running).toMatchObject({ state: 'RUNNING', attempt: 0 });
    expect(step(running, 'network')).toMatchObject({ state: 'SUCCEEDED', attempts: 2, error: null, blockedBy: [] });
  });

  it('waits for somebody to take over when an executor was lost', async () => {
    const lost = await operationAfter(dispatch(), plan, dispatch(), { type: 'ExpireLease', metadata: NOW, data: { token: 2 } });
    expect(lost.state).toBe('WAITING');
    expect(step(lost, 'network')).toMatchObject({ state: 'WAITING', error: 'Executor e1 was not heard of in time' });
  });

  it('ends SUCCEEDED with what all steps put out', async () => {
    const outputs = { apiAddress: 'tcp://10.88.0.2:2376' };
    const operation = await operationAfter(dispatch(), plan, dispatch(), succeed(2), dispatch(), succeed(3, { outputs }));
    expect(operation).toMatchObject({ state: 'SUCCEEDED', result: outputs });
    expect(operation.finishedAt).not.toBeNull();
  });

  it('ends FAILED with a reason that names the step', async () => {
    const operation = await operationAfter(dispatch(), plan, dispatch(), fail(2, false));
    expect(operation).toMatchObject({ state: 'FAILED', result: { reason: 'Step network failed: no space' } });
    expect(step(operation, 'network')).toMatchObject({ state: 'FAILED', error: 'no space' });
  });

  it('ends TIMED_OUT at its deadline and stays so when a step that was out reports late', async () => {
    const expire: OperationCommand = { type: 'ExpireDeadline', metadata: { now: DEADLINE }, data: { operationId: 'op-create' } };
    const operation = await operationAfter(dispatch(), plan, dispatch(), expire, succeed(2));
    expect(operation).toMatchObject({ state: 'TIMED_OUT', result: { reason: expect.stringContaining('Timed out in step network') } });
    expect(step(operation, 'network')).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('ends SUPERSEDED by a newer one', async () => {
    const remove = startOf({ operationId: 'op-delete', kind: 'delete', bayId: BAY });
    const operationEvents = replay(operationsDecider, [start, remove]).events;
    const documents = await documentsAfter([events.requested(), events.deletionRequested()], operationEvents);
    const result = { reason: 'superseded by a newer delete', by: 'op-delete' };
    expect(await documents.get('operations', 'op-create')).toMatchObject({ state: 'SUPERSEDED', result });
    expect(await documents.get('operations', 'op-delete')).toMatchObject({ state: 'RUNNING' });
  });

  it('stays when its bay is deleted', async () => {
    const documents = await documentsAfter([...completeBay, events.deletionRequested(), events.deleted()]);
    expect(await documents.get('operations', 'op-create')).toBeDefined();
  });

  it.each(['bay', 'operations'])('stops at an unknown event of category %s', async (category) => {
    const unknown = recorded(`${category}-${BAY}`, [{ type: 'BayPainted', schemaVersion: 1, data: {} }]);
    const projecting = new ProjectedDocuments(operationsProjection).apply(...unknown);
    await expect(projecting).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });

  it('stops at an event of an operation that nobody asked for', async () => {
    const started: OperationEvent = { type: 'OperationStarted', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-x' } };
    await expect(documentsAfter([], [started])).rejects.toThrow('op-x, which was never queued');
  });
});
