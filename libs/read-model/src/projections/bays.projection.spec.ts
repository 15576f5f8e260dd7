import type { BayEvent, OperationEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { baysProjection } from './bays.projection.ts';
import type { StoredBay } from './bays.projection.ts';
import { ProjectedDocuments, momentOf, recorded, recordedAt } from './projected-documents.fixture.ts';

const { BAY, MASTER, WORKERS, completeBay, events, node } = baySamples;
const stream = `bay-${BAY}`;
const operations = `operations-${BAY}`;

async function bayAfter(...history: readonly BayEvent[]): Promise<StoredBay | undefined> {
  const documents = await new ProjectedDocuments(baysProjection).apply(...recorded(stream, history));
  return documents.get<StoredBay>('bays', BAY);
}

const groupsOf = (bay: StoredBay | undefined) => Object.fromEntries(bay!.nodeGroups.map(({ name, status }) => [name, status]));
const stepFailed = (operationId: string, retryAt: string | null, blockedBy: readonly string[] = []): OperationEvent => ({
  type: 'OperationStepFailed', schemaVersion: 1,
  data: { bayId: BAY, operationId, step: 'network', attempt: 1, token: 1, reason: 'OverQuota for router', blockedBy, retryAt },
});
const stepSucceeded: OperationEvent = {
  type: 'OperationStepSucceeded', schemaVersion: 1,
  data: { bayId: BAY, operationId: 'op-create', step: 'network', attempt: 2, token: 2, outcome: {} },
};

describe('the bays projection', () => {
  it('shows a bay and both its node groups in creation from the first event on', async () => {
    const bay = await bayAfter(events.requested());
    expect(bay).toMatchObject({
      id: BAY, name: 'b1', projectId: 'p1', userId: 'u1', status: 'CREATE_IN_PROGRESS', statusReason: null,
      nodeCount: 2, masterCount: 1,
      nodeAddresses: [], masterAddresses: [], apiAddress: null, operationId: 'op-create', faults: {},
      healthStatus: null, healthStatusReason: {},
      createdAt: momentOf(1), updatedAt: null,
    });
    expect(groupsOf(bay)).toEqual({ 'default-master': 'CREATE_IN_PROGRESS', 'default-worker': 'CREATE_IN_PROGRESS' });
  });

  it('lists nodes by role and by group, in order of joining', async () => {
    const bay = await bayAfter(...completeBay);
    expect(bay).toMatchObject({ masterAddresses: ['10.88.0.2'], nodeAddresses: ['10.88.0.3', '10.88.0.4'], updatedAt: momentOf(5) });
    expect(bay!.nodeGroups.map(({ nodeAddresses }) => nodeAddresses)).toEqual([['10.88.0.2'], ['10.88.0.3', '10.88.0.4']]);
  });

  it('completes a creation with what it put out', async () => {
    const bay = await bayAfter(...completeBay);
    expect(bay).toMatchObject({ status: 'CREATE_COMPLETE', statusReason: null, apiAddress: 'tcp://10.88.0.2:2376' });
    expect(groupsOf(bay)).toEqual({ 'default-master': 'CREATE_COMPLETE', 'default-worker': 'CREATE_COMPLETE' });
  });

  it('gives all node groups the stack of their bay', async () => {
    const data = { bayId: BAY, operationId: 'op-create', stackId: 's1' };
    const assigned: BayEvent = { type: 'BayStackAssigned', schemaVersion: 1, data };
    const bay = await bayAfter(events.requested(), assigned);
    expect([bay!.stackId, ...bay!.nodeGroups.map(({ stackId }) => stackId)]).toEqual(['s1', 's1', 's1']);
  });

  it('shows a node group from its request on, and counts its nodes with the others', async () => {
    const requested = await bayAfter(...completeBay, events.nodeGroupCreationRequested());
    expect(requested).toMatchObject({ status: 'UPDATE_IN_PROGRESS', nodeCount: 3, operationId: 'op-group' });
    expect(groupsOf(requested)).toEqual({ 'default-master': 'CREATE_COMPLETE', 'default-worker': 'CREATE_COMPLETE', gpu: 'CREATE_IN_PROGRESS' });
    const made = await bayAfter(...baySamples.bayWithGpu);
    expect(made).toMatchObject({ status: 'UPDATE_COMPLETE', nodeAddresses: ['10.88.0.3', '10.88.0.4', '10.88.0.7'] });
    expect(groupsOf(made)['gpu']).toBe('CREATE_COMPLETE');
  });

  it('drops a node group with the event of its end, and shows none of its nodes wanted before', async () => {
    const going = await bayAfter(...baySamples.bayWithGpu, events.nodeGroupDeletionRequested());
    expect([going!.nodeCount, groupsOf(going)['gpu']]).toEqual([2, 'DELETE_IN_PROGRESS']);
    const gone = await bayAfter(...baySamples.bayWithGpu, events.nodeGroupDeletionRequested(), events.removed(baySamples.GPU_NODE, 'op-group-delete'), events.nodeGroupDeleted());
    expect([gone!.status, gone!.nodeGroups.map(({ name }) => name)]).toEqual(['UPDATE_COMPLETE', ['default-master', 'default-worker']]);
  });

  it('stays failed, and says what, while a node group is', async () => {
    const failed: BayEvent = {
      type: 'NodeGroupCreationFailed', schemaVersion: 1,
      data: { bayId: BAY, operationId: 'op-group', nodeGroup: 'gpu', bayStatus: 'UPDATE_FAILED', groupStatus: 'CREATE_FAILED', reason: 'no space' },
    };
    const history = [...completeBay, events.nodeGroupCreationRequested(), failed];
    expect(await bayAfter(...history)).toMatchObject({ status: 'UPDATE_FAILED', statusReason: 'no space', faults: { gpu: 'no space' } });
    const resized = { ...events.resized(3), data: { ...events.resized(3).data, bayStatus: 'UPDATE_FAILED' } } as BayEvent;
    expect(await bayAfter(...history, events.resizeRequested(3), resized)).toMatchObject({ status: 'UPDATE_FAILED', statusReason: 'gpu failed', faults: { gpu: 'no space' } });
  });

  it('is of its new bay model when it was upgraded', async () => {
    const to = baySamples.TARGET;
    const nodeGroups = ['default-master', 'default-worker'];
    const upgraded: BayEvent = { type: 'BayUpgraded', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-upgrade', bayStatus: 'UPDATE_COMPLETE', nodeGroups, to, outputs: { coeVersion: 'v2' } } };
    const requested: BayEvent = { type: 'BayUpgradeRequested', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-upgrade', nodeGroups, to, maxBatchSize: 1 } };
    expect(await bayAfter(...completeBay, requested)).toMatchObject({ status: 'UPDATE_IN_PROGRESS', bayModelId: expect.not.stringContaining(to.bayModelId) });
    const bay = await bayAfter(...completeBay, requested, upgraded);
    expect(bay).toMatchObject({ status: 'UPDATE_COMPLETE', bayModelId: to.bayModelId, coeVersion: 'v2', spec: { labels: { kube_tag: 'v2' }, driver: to.driver } });
    expect(bay!.nodeGroups.map(({ imageId }) => imageId)).toEqual(['debian-13', 'debian-13']);
  });

  it('shows the health that was reported last, whatever goes on', async () => {
    const data = { bayId: BAY, status: 'UNHEALTHY', reason: { api: 'ok' }, source: 'telemetry' } as const;
    const bay = await bayAfter(...completeBay, events.resizeRequested(3), { type: 'BayHealthChanged', schemaVersion: 1, data });
    expect(bay).toMatchObject({ status: 'UPDATE_IN_PROGRESS', healthStatus: 'UNHEALTHY', healthStatusReason: { api: 'ok' } });
  });

  it('says of a failed creation why, for the bay and for its node groups', async () => {
    const bay = await bayAfter(events.requested(), events.creationFailed('Step network failed: no space'));
    const reason = 'Step network failed: no space';
    const faults = { 'default-master': reason, 'default-worker': reason };
    expect(bay).toMatchObject({ status: 'CREATE_FAILED', statusReason: reason, faults });
    for (const group of bay!.nodeGroups) expect(group).toMatchObject({ status: 'CREATE_FAILED', statusReason: reason });
  });

  it('moves only the node group that is resized, and counts what is wanted at once', async () => {
    const bay = await bayAfter(...completeBay, events.resizeRequested(3));
    expect(bay).toMatchObject({ status: 'UPDATE_IN_PROGRESS', statusReason: null, nodeCount: 3, masterCount: 1, operationId: 'op-resize' });
    expect(groupsOf(bay)).toEqual({ 'default-master': 'CREATE_COMPLETE', 'default-worker': 'UPDATE_IN_PROGRESS' });
  });

  it('ends a resize in UPDATE_COMPLETE with the nodes that are there', async () => {
    const added = node('default-worker-2', '10.88.0.5');
    const bay = await bayAfter(...completeBay, events.resizeRequested(3), events.joined(added, 'op-resize'), events.resized(3));
    expect(bay).toMatchObject({ status: 'UPDATE_COMPLETE', nodeCount: 3, nodeAddresses: ['10.88.0.3', '10.88.0.4', '10.88.0.5'] });
    expect(groupsOf(bay)).toEqual({ 'default-master': 'CREATE_COMPLETE', 'default-worker': 'UPDATE_COMPLETE' });
  });

  it('shows the count that is really there after a failed resize, and takes the fault back with the next try', async () => {
    const failed = [...completeBay, events.resizeRequested(1), events.removed(WORKERS[0], 'op-resize'), events.resizeFailed(1)];
    const bay = await bayAfter(...failed);
    const faults = { 'default-worker': 'no space' };
    expect(bay).toMatchObject({ status: 'UPDATE_FAILED', statusReason: 'no space', nodeCount: 1, nodeAddresses: ['10.88.0.4'], faults });
    expect(groupsOf(bay)).toEqual({ 'default-master': 'CREATE_COMPLETE', 'default-worker': 'UPDATE_FAILED' });
    const again = await bayAfter(...failed, events.resizeRequested(1, 'op-again', 1));
    expect(again).toMatchObject({ status: 'UPDATE_IN_PROGRESS', statusReason: null, faults: {} });
  });

  it('is not touched by a resize that was refused, nor by the ledger of resources', async () => {
    const refused: BayEvent = {
      type: 'BayResizeRefused', schemaVersion: 1,
      data: { bayId: BAY, operationId: 'op-refused', nodeGroup: 'default-worker', nodeCount: 9, code: 'STATUS_FORBIDS', reason: 'not now' },
    };
    const ledger = [events.intended('r1'), events.recorded('r1'), events.released('r1')];
    expect(await bayAfter(...completeBay, refused, ...ledger)).toEqual(await bayAfter(...completeBay));
  });

  it('is gone once it is deleted, and shows why when it could not be', async () => {
    const leaving = [...completeBay, events.deletionRequested()];
    expect(await bayAfter(...leaving)).toMatchObject({ status: 'DELETE_IN_PROGRESS', operationId: 'op-delete' });
    const failed = await bayAfter(...leaving, events.deletionFailed());
    expect(failed).toMatchObject({ status: 'DELETE_FAILED', statusReason: 'busy', faults: { 'default-master': 'busy' } });
    expect(await bayAfter(...leaving, events.deleted())).toBeUndefined();
  });

  it('knows a node that comes back at another address by its name', async () => {
    const bay = await bayAfter(events.requested(), events.joined(MASTER), events.joined(node('default-master-0', '10.88.0.9')));
    expect(bay!.masterAddresses).toEqual(['10.88.0.9']);
  });

  it('never shows a bay whose creation was abandoned', async () => {
    expect(await bayAfter({ type: 'BayCreationAbandoned', schemaVersion: 1, data: { bayId: BAY, projectId: 'p1' } })).toBeUndefined();
  });

  it('gives the reason of a step that is tried again while the bay is still in progress, until something succeeds', async () => {
    const documents = await new ProjectedDocuments(baysProjection).apply(...recorded(stream, [events.requested()]));
    await documents.apply(recordedAt(operations, stepFailed('op-create', '2026-01-31T12:00:05.000Z', ['port-1', 'port-2']), 2));
    expect(await documents.get('bays', BAY)).toMatchObject({
      status: 'CREATE_IN_PROGRESS',
      statusReason: 'Step network failed: OverQuota for router (blocked by port-1, port-2); attempt 2 follows at 2026-01-31T12:00:05.000Z',
      updatedAt: momentOf(2),
    });
    await documents.apply(recordedAt(operations, stepSucceeded, 3));
    expect(await documents.get('bays', BAY)).toMatchObject({ status: 'CREATE_IN_PROGRESS', statusReason: null });
  });

  it('gives no reason of an operation that is not the one in progress', async () => {
    const before = await bayAfter(...completeBay);
    const documents = await new ProjectedDocuments(baysProjection).apply(...recorded(stream, completeBay));
    await documents.apply(recordedAt(operations, stepFailed('op-create', null), 10));
    await documents.apply(recordedAt(operations, stepFailed('op-other', null), 11));
    expect(await documents.get('bays', BAY)).toEqual(before);
  });

  it.each([
    ['type', stream, { type: 'BayPainted', schemaVersion: 1, data: {} }],
    ['version', stream, { ...events.provisioned(), schemaVersion: 2 }],
    ['type for this category', operations, events.provisioned()],
  ])('stops at an event of an unknown %s, naming its position', async (_what, name, event) => {
    const projecting = new ProjectedDocuments(baysProjection).apply(recordedAt(name, event, 7));
    await expect(projecting).rejects.toMatchObject({ code: 'UNKNOWN_EVENT', details: { position: '0000000000000007' } });
  });
});
