import { deciderSpec } from '../testing/decider-spec.ts';
import { BAY, GPU, GPU_NODE, TARGET, WORKERS, bayWithGpu, commands, completeBay, events, group, node } from '../testing/bay.samples.ts';
import { bayDecider } from './bay.decider.ts';
import type { BayEvent } from './bay.events.ts';

const bay = deciderSpec(bayDecider);
const of = (operationId: string) => ({ bayId: BAY, operationId });
const revisionRequested = (changes: Extract<BayEvent, { type: 'NodeGroupRevisionRequested' }>['data']['changes']): BayEvent => (
  { type: 'NodeGroupRevisionRequested', schemaVersion: 1, data: { ...of('op-revise'), nodeGroup: 'gpu', changes } });
const creationFailed: BayEvent = {
  type: 'NodeGroupCreationFailed', schemaVersion: 1, data: { ...of('op-group'), nodeGroup: 'gpu', bayStatus: 'UPDATE_FAILED', groupStatus: 'CREATE_FAILED', reason: 'no space' },
};
const upgradeRequested: BayEvent = {
  type: 'BayUpgradeRequested', schemaVersion: 1, data: { ...of('op-upgrade'), nodeGroups: ['default-master', 'default-worker'], to: TARGET, maxBatchSize: 1 },
};
const upgraded: BayEvent = {
  type: 'BayUpgraded', schemaVersion: 1, data: { ...of('op-upgrade'), bayStatus: 'UPDATE_COMPLETE', nodeGroups: ['default-master', 'default-worker'], to: TARGET, outputs: {} },
};

describe('adding a node group', () => {
  it('asks for it, and is silent when the same request arrives again', () => {
    bay.given(...completeBay).when(commands.createNodeGroup()).then(events.nodeGroupCreationRequested());
    bay.given(...completeBay, events.nodeGroupCreationRequested()).when(commands.createNodeGroup()).thenNothing();
    bay.given(...bayWithGpu).when(commands.createNodeGroup()).thenNothing();
  });
  it('never makes a default one', () => {
    bay.given(...completeBay).when(commands.createNodeGroup({ ...GPU, isDefault: true })).then(events.nodeGroupCreationRequested());
  });
  it('is refused before the bay has an API address', () => {
    bay.given(events.requested()).when(commands.createNodeGroup()).thenRefused('API_ADDRESS_UNAVAILABLE');
  });
  it('is refused for a name that is taken', () => {
    bay.given(...completeBay).when(commands.createNodeGroup({ ...GPU, name: 'default-worker' })).thenRefused('NODE_GROUP_ALREADY_EXISTS');
  });
  it('is refused for masters', () => {
    bay.given(...completeBay).when(commands.createNodeGroup({ ...GPU, role: 'master' })).thenRefused('MASTER_NODE_GROUP_NOT_SUPPORTED');
  });
  it.each([
    [{ minNodeCount: 4, maxNodeCount: 3 }], [{ nodeCount: 4, maxNodeCount: 3 }], [{ nodeCount: 1, minNodeCount: 2 }], [{ nodeCount: -1 }], [{ nodeCount: 1.5 }],
  ])('is refused for counts that do not fit together: %j', (counts) => {
    bay.given(...completeBay).when(commands.createNodeGroup({ ...GPU, ...counts })).thenRefused('INVALID_NODE_GROUP');
  });
  it('takes a maximum of 0 for none', () => {
    const unbounded = { ...GPU, maxNodeCount: 0, nodeCount: 9 };
    bay.given(...completeBay).when(commands.createNodeGroup(unbounded)).then(events.nodeGroupCreationRequested(unbounded));
  });
  it('is refused while the bay is being deleted', () => {
    bay.given(...completeBay, events.deletionRequested()).when(commands.createNodeGroup()).thenRefused('STATUS_FORBIDS');
  });
  it('is done when every node of it has joined', () => {
    bay.given(...completeBay, events.nodeGroupCreationRequested()).when(commands.complete('op-group')).thenRefused('EVIDENCE_MISSING');
    bay.given(...completeBay, events.nodeGroupCreationRequested(), events.joined(GPU_NODE, 'op-group')).when(commands.complete('op-group')).then(events.nodeGroupCreated());
  });
  it('leaves the bay failed until the failed group is mended or gone', () => {
    const failed = [...completeBay, events.nodeGroupCreationRequested(), creationFailed];
    bay.given(...completeBay, events.nodeGroupCreationRequested()).when(commands.fail('op-group')).then(creationFailed);
    bay.given(...failed, events.resizeRequested(1), events.removed(WORKERS[1], 'op-resize')).when(commands.complete('op-resize')).then(
      { ...events.resized(1), data: { ...of('op-resize'), nodeGroup: 'default-worker', bayStatus: 'UPDATE_FAILED', groupStatus: 'UPDATE_COMPLETE', nodeCount: 1, outputs: {} } } as BayEvent,
    );
    bay.given(...failed, events.nodeGroupDeletionRequested()).when(commands.complete('op-group-delete')).then(events.nodeGroupDeleted());
  });
});

describe('two operations on node groups of one bay', () => {
  const both = [...bayWithGpu, events.resizeRequested(1), events.nodeGroupDeletionRequested()];
  it('each end by themselves, and the bay is in progress until both have', () => {
    bay.given(...both, events.removed(WORKERS[1], 'op-resize')).when(commands.complete('op-resize')).then(
      { ...events.resized(1), data: { ...of('op-resize'), nodeGroup: 'default-worker', bayStatus: 'UPDATE_IN_PROGRESS', groupStatus: 'UPDATE_COMPLETE', nodeCount: 1, outputs: {} } } as BayEvent,
    );
    bay.given(...both, events.removed(WORKERS[1], 'op-resize'), events.resized(1), events.removed(GPU_NODE, 'op-group-delete')).when(commands.complete('op-group-delete')).then(events.nodeGroupDeleted());
  });
});

describe('changing a node group', () => {
  it('asks for what is different', () => {
    bay.given(...bayWithGpu).when(commands.reviseNodeGroup({ minNodeCount: 1 })).then(revisionRequested({ minNodeCount: 1 }));
    bay.given(...bayWithGpu).when(commands.reviseNodeGroup({ minNodeCount: 0, maxNodeCount: 3 })).thenNothing();
  });
  it('is refused for bounds that leave the present size out', () => {
    bay.given(...bayWithGpu).when(commands.reviseNodeGroup({ minNodeCount: 2 })).thenRefused('INVALID_NODE_GROUP');
  });
  it('is recorded as refused while the group is being made, for the answer was 202', () => {
    bay.given(...completeBay, events.nodeGroupCreationRequested()).when(commands.reviseNodeGroup({ minNodeCount: 1 })).then({
      type: 'NodeGroupRevisionRefused', schemaVersion: 1,
      data: { ...of('op-revise'), nodeGroup: 'gpu', code: 'STATUS_FORBIDS', reason: 'Updating a cluster when status is "CREATE_IN_PROGRESS" is not supported.' },
    });
  });
  it('counts from the request on', () => {
    bay.given(...bayWithGpu, revisionRequested({ maxNodeCount: 1 })).when(commands.resize(2, { nodeGroup: 'gpu' })).thenRefused('NODE_COUNT_OUT_OF_BOUNDS');
  });
});

describe('taking a node group away', () => {
  it('wants none of its nodes any more', () => {
    bay.given(...bayWithGpu).when(commands.deleteNodeGroup()).then(events.nodeGroupDeletionRequested());
    bay.given(...bayWithGpu, events.nodeGroupDeletionRequested()).when(commands.deleteNodeGroup('gpu', 'op-second')).thenNothing();
  });
  it('is refused for a default group', () => {
    bay.given(...completeBay).when(commands.deleteNodeGroup('default-worker')).thenRefused('DEFAULT_NODE_GROUP_NOT_DELETABLE');
  });
  it('is done when its last node is gone', () => {
    bay.given(...bayWithGpu, events.nodeGroupDeletionRequested()).when(commands.complete('op-group-delete')).thenRefused('EVIDENCE_MISSING');
    bay.given(...bayWithGpu, events.nodeGroupDeletionRequested(), events.removed(GPU_NODE, 'op-group-delete')).when(commands.complete('op-group-delete')).then(events.nodeGroupDeleted());
  });
  it('ends what was under way in it', () => {
    const resizing: BayEvent = { type: 'BayResizeRequested', schemaVersion: 1, data: { ...of('op-resize'), nodeGroup: 'gpu', fromCount: 1, nodeCount: 2, nodesToRemove: [] } };
    bay.given(...bayWithGpu, resizing, events.nodeGroupDeletionRequested()).when(commands.complete('op-resize')).thenNothing();
    bay.given(...bayWithGpu, events.nodeGroupDeletionRequested()).when(commands.resize(2, { nodeGroup: 'gpu' })).then({
      type: 'BayResizeRefused', schemaVersion: 1,
      data: { ...of('op-resize'), nodeGroup: 'gpu', nodeCount: 2, code: 'STATUS_FORBIDS', reason: 'Resizing a cluster when status is "DELETE_IN_PROGRESS" is not supported.' },
    });
  });
});

describe('upgrading a bay', () => {
  it('takes the default groups along, or the one that is named', () => {
    bay.given(...bayWithGpu).when(commands.upgrade()).then(upgradeRequested);
    bay.given(...bayWithGpu).when(commands.upgrade('gpu')).then({ ...upgradeRequested, data: { ...of('op-upgrade'), nodeGroups: ['gpu'], to: TARGET, maxBatchSize: 1 } });
  });
  it('is refused while something is under way', () => {
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.upgrade()).thenRefused('STATUS_FORBIDS');
    bay.given(events.requested()).when(commands.upgrade()).thenRefused('STATUS_FORBIDS');
  });
  it('is taken up again after a failure', () => {
    bay.given(...completeBay, events.resizeRequested(3), events.resizeFailed(2)).when(commands.upgrade()).then(upgradeRequested);
  });
  it('moves the bay to its target when it has succeeded, and not before', () => {
    const after = (...history: readonly BayEvent[]) => history.reduce((state, event) => bayDecider.evolve(state, event), bayDecider.initialState());
    bay.given(...completeBay, upgradeRequested).when(commands.complete('op-upgrade')).then(upgraded);
    expect(after(...completeBay, upgradeRequested)).toMatchObject({ spec: { imageId: 'debian', driver: { version: '1.0.0' } } });
    expect(after(...completeBay, upgradeRequested, upgraded)).toMatchObject({
      spec: { bayModelId: TARGET.bayModelId, imageId: 'debian-13', labels: { kube_tag: 'v2' }, driver: { version: '1.1.0' } },
      nodeGroups: [{ imageId: 'debian-13', status: 'UPDATE_COMPLETE' }, { imageId: 'debian-13', status: 'UPDATE_COMPLETE' }],
    });
  });
});

describe('rotating', () => {
  it.each([
    ['the authorities', commands.rotateCa(), 'CaRotationRequested'], ['the credential', commands.rotateCredential(), 'CredentialRotationRequested'],
  ] as const)('%s is refused before the bay is complete', (_what, command, type) => {
    bay.given(events.requested()).when(command).thenRefused('STATUS_FORBIDS');
    bay.given(...completeBay).when(command).then({ type, schemaVersion: 1, data: of(command.type === 'RotateCa' ? 'op-ca' : 'op-credential') });
  });
  it('the authorities waits for nothing else to be under way; the credential does not', () => {
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.rotateCa()).thenRefused('STATUS_FORBIDS');
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.rotateCredential()).then({ type: 'CredentialRotationRequested', schemaVersion: 1, data: of('op-credential') });
  });
});

describe('health', () => {
  const healthy: BayEvent = { type: 'BayHealthChanged', schemaVersion: 1, data: { bayId: BAY, status: 'HEALTHY', reason: { api: 'ok' }, source: 'telemetry' } };
  it('is recorded when it changes, and only then', () => {
    bay.given(...completeBay).when(commands.health('HEALTHY', { api: 'ok' })).then(healthy);
    bay.given(...completeBay, healthy).when(commands.health('HEALTHY', { api: 'ok' })).thenNothing();
    bay.given(...completeBay, healthy).when(commands.health('HEALTHY', { api: 'ok', more: '1' })).then({ ...healthy, data: { ...healthy.data, reason: { api: 'ok', more: '1' } } });
  });
  it('says how many nodes are seen where they are not as many as thought', () => {
    const observed = (nodeCount: number): BayEvent => ({ type: 'NodeGroupObserved', schemaVersion: 1, data: { bayId: BAY, nodeGroup: 'default-worker', nodeCount, source: 'telemetry' } });
    const seen = (count: number) => commands.health('HEALTHY', { api: 'ok' }, { 'default-worker': count, unknown: 7 });
    bay.given(...completeBay, healthy).when(seen(2)).thenNothing();
    bay.given(...completeBay, healthy).when(seen(1)).then(observed(1));
    bay.given(...completeBay, healthy, observed(1)).when(seen(1)).thenNothing();
    bay.given(...completeBay, healthy, observed(1)).when(seen(2)).then(observed(2));
  });
  it('moves neither the status nor an operation', () => {
    bay.given(...completeBay, events.resizeRequested(3), healthy, events.joined(node('default-worker-2'), 'op-resize')).when(commands.complete('op-resize')).then(events.resized(3));
  });
});

describe('a role that is no master', () => {
  it('counts as worker', () => {
    const groups = [group('default-master', 1), group('default-worker', 1, { role: 'infra' })];
    bay.given(events.requested(groups), events.joined(node('default-master-0')), events.joined(WORKERS[0])).when(commands.complete('op-create')).then(
      { type: 'BayProvisioned', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-create', outputs: {}, nodeCount: 1, masterCount: 1 } },
    );
  });
});
