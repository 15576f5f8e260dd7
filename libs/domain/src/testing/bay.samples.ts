// Builders for specs: one plain bay, and its events.
import type { BayCommand, WantedCount } from '../bay/bay.commands.ts';
import type { CredentialRotation } from '../bay/bay.credentials.ts';
import type { BayEvent } from '../bay/bay.events.ts';
import type { MachineView } from '../bay/bay.machines.ts';
import type { BaySpec, HealthReport, NodeGroupChanges, NodeGroupView, NodeView } from '../bay/bay.view.ts';
import type { UpgradeTarget } from '../operation/operation.view.ts';

export const BAY = '0b8d3f4e-58c2-4a37-9c0e-4b6c2a3f1d00';
const metadata = { now: '2026-01-31T12:00:00.000Z' };

export const aSpec: BaySpec = {
  bayId: BAY, name: 'b1', projectId: 'p1', userId: 'u1', bayModelId: '4f34fac6-96ef-4200-9368-3f87b8ebde4a',
  coe: 'swarm-mode', serverType: 'vm', os: 'debian', driver: { name: 'swarm_local', version: '1.0.0', templateVersion: '1.0.0', resolvedBy: 'only-match' },
  keypair: null, labels: {}, flavorId: null, masterFlavorId: null, imageId: 'debian', dockerVolumeSize: null, dockerStorageDriver: null,
  volumeDriver: null, networkDriver: 'docker', externalNetworkId: 'public', fixedNetwork: null, fixedSubnet: null, dnsNameserver: null,
  floatingIpEnabled: true, masterLbEnabled: false, tlsDisabled: false, discoveryUrl: null, createTimeoutMinutes: 60,
};

export function group(name: string, nodeCount: number, more: Partial<NodeGroupView> = {}): NodeGroupView {
  const role = name === 'default-master' ? 'master' : 'worker';
  return { nodeGroupId: `id-of-${name}`, name, role, nodeCount, minNodeCount: 0, maxNodeCount: null, flavorId: null, imageId: 'debian', dockerVolumeSize: null, labels: {}, isDefault: true, ...more };
}

export const node = (name: string, address = `10.88.0.${name.length}`): NodeView => ({ name, nodeGroup: name.replace(/-\d+$/, ''), address });

export const MASTER = node('default-master-0', '10.88.0.2');
export const WORKERS = [node('default-worker-0', '10.88.0.3'), node('default-worker-1', '10.88.0.4')] as const;

/** A node group of its own beside the default ones. */
export const GPU: NodeGroupView = group('gpu', 1, { isDefault: false, flavorId: 'm1.large', maxNodeCount: 3 });
export const GPU_NODE = node('gpu-0', '10.88.0.7');

const of = (operationId: string) => ({ bayId: BAY, operationId });

export const events = {
  requested: (groups = [group('default-master', 1), group('default-worker', 2)]): BayEvent => ({ type: 'BayCreationRequested', schemaVersion: 1, data: { ...of('op-create'), spec: aSpec, nodeGroups: groups } }),
  joined: (joining: NodeView, operationId = 'op-create'): BayEvent => ({ type: 'NodeJoined', schemaVersion: 1, data: { ...of(operationId), node: joining } }),
  metered: (machines: readonly MachineView[], operationId = 'op-create'): BayEvent => ({ type: 'MachinesMetered', schemaVersion: 1, data: { ...of(operationId), machines } }),
  removed: (leaving: NodeView, operationId: string): BayEvent => ({ type: 'NodeRemoved', schemaVersion: 1, data: { ...of(operationId), name: leaving.name, nodeGroup: leaving.nodeGroup } }),
  provisioned: (): BayEvent => ({ type: 'BayProvisioned', schemaVersion: 1, data: { ...of('op-create'), outputs: { apiAddress: 'tcp://10.88.0.2:2376' }, nodeCount: 2, masterCount: 1 } }),
  creationFailed: (reason = 'no space'): BayEvent => ({ type: 'BayCreationFailed', schemaVersion: 1, data: { ...of('op-create'), reason } }),
  resizeRequested: (nodeCount: number, operationId = 'op-resize', fromCount = 2): BayEvent => ({ type: 'BayResizeRequested', schemaVersion: 1, data: { ...of(operationId), nodeGroup: 'default-worker', fromCount, nodeCount, nodesToRemove: [] } }),
  resized: (nodeCount: number, operationId = 'op-resize'): BayEvent => ({ type: 'BayResized', schemaVersion: 1, data: { ...of(operationId), nodeGroup: 'default-worker', bayStatus: 'UPDATE_COMPLETE', groupStatus: 'UPDATE_COMPLETE', nodeCount, outputs: {} } }),
  resizeFailed: (nodeCount: number, reason = 'no space', operationId = 'op-resize'): BayEvent => ({ type: 'BayResizeFailed', schemaVersion: 1, data: { ...of(operationId), nodeGroup: 'default-worker', bayStatus: 'UPDATE_FAILED', groupStatus: 'UPDATE_FAILED', nodeCount, reason } }),
  nodeGroupCreationRequested: (nodeGroup = GPU, operationId = 'op-group'): BayEvent => ({ type: 'NodeGroupCreationRequested', schemaVersion: 1, data: { ...of(operationId), nodeGroup } }),
  nodeGroupCreated: (nodeGroup = GPU, operationId = 'op-group'): BayEvent => (
    { type: 'NodeGroupCreated', schemaVersion: 1, data: { ...of(operationId), nodeGroup: nodeGroup.name, bayStatus: 'UPDATE_COMPLETE', groupStatus: 'CREATE_COMPLETE', nodeCount: nodeGroup.nodeCount, outputs: {} } }),
  nodeGroupDeletionRequested: (nodeGroup = GPU, operationId = 'op-group-delete'): BayEvent => (
    { type: 'NodeGroupDeletionRequested', schemaVersion: 1, data: { ...of(operationId), nodeGroup: nodeGroup.name, fromCount: nodeGroup.nodeCount } }),
  nodeGroupDeleted: (nodeGroup = GPU, operationId = 'op-group-delete'): BayEvent => (
    { type: 'NodeGroupDeleted', schemaVersion: 1, data: { ...of(operationId), bayStatus: 'UPDATE_COMPLETE', nodeGroup: nodeGroup.name } }),
  deletionRequested: (operationId = 'op-delete'): BayEvent => ({ type: 'BayDeletionRequested', schemaVersion: 1, data: of(operationId) }),
  deletionFailed: (reason = 'busy'): BayEvent => ({ type: 'BayDeletionFailed', schemaVersion: 1, data: { ...of('op-delete'), reason } }),
  deleted: (): BayEvent => ({ type: 'BayDeleted', schemaVersion: 1, data: of('op-delete') }),
  intended: (...ids: string[]): BayEvent => ({ type: 'ResourcesIntended', schemaVersion: 1, data: { ...of('op-create'), resources: ids.map((resourceId) => ({ resourceId, type: 'bridge', name: `jb-${resourceId}` })) } }),
  recorded: (...ids: string[]): BayEvent => ({ type: 'ResourcesRecorded', schemaVersion: 1, data: { ...of('op-create'), resources: ids.map((resourceId) => ({ resourceId })) } }),
  released: (...ids: string[]): BayEvent => ({ type: 'ResourcesReleased', schemaVersion: 1, data: { ...of('op-delete'), resourceIds: ids } }),
};

/** A bay with one master and two workers, complete. */
export const completeBay: readonly BayEvent[] = [events.requested(), events.joined(MASTER), events.joined(WORKERS[0]), events.joined(WORKERS[1]), events.provisioned()];

/** The same with the node group `gpu`. */
export const bayWithGpu: readonly BayEvent[] = [...completeBay, events.nodeGroupCreationRequested(), events.joined(GPU_NODE, 'op-group'), events.nodeGroupCreated()];

/** Where an upgrade in specs leads. */
export const TARGET: UpgradeTarget = {
  bayModelId: 'fa8c1c1e-6a47-4a0c-8b11-6a52e7f7d100', imageId: 'debian-13', labels: { kube_tag: 'v2' },
  driver: { name: 'swarm_local', version: '1.1.0', templateVersion: '1.1.0', resolvedBy: 'only-match' },
};

export const commands = {
  create: (groups = [group('default-master', 1), group('default-worker', 2)], spec = aSpec): BayCommand => ({ type: 'CreateBay', metadata, data: { operationId: 'op-create', spec, nodeGroups: groups } }),
  resize: (nodeCount: WantedCount, more: { nodeGroup?: string; nodesToRemove?: readonly string[]; operationId?: string } = {}): BayCommand => ({
    type: 'ResizeBay', metadata, data: { operationId: 'op-resize', nodeGroup: 'default-worker', nodesToRemove: [], ...more, nodeCount },
  }),
  createNodeGroup: (nodeGroup = GPU, operationId = 'op-group'): BayCommand => ({ type: 'CreateNodeGroup', metadata, data: { operationId, nodeGroup } }),
  reviseNodeGroup: (changes: NodeGroupChanges, nodeGroup = 'gpu', operationId = 'op-revise'): BayCommand => ({ type: 'ReviseNodeGroup', metadata, data: { operationId, nodeGroup, changes } }),
  deleteNodeGroup: (nodeGroup = 'gpu', operationId = 'op-group-delete'): BayCommand => ({ type: 'DeleteNodeGroup', metadata, data: { operationId, nodeGroup } }),
  upgrade: (nodeGroup: string | null = null, operationId = 'op-upgrade'): BayCommand => ({ type: 'UpgradeBay', metadata, data: { operationId, nodeGroup, to: TARGET, maxBatchSize: 1 } }),
  rotateCa: (operationId = 'op-ca'): BayCommand => ({ type: 'RotateCa', metadata, data: { operationId } }),
  runExtension: (operationId = 'op-extension', call = { alias: 'swarm', command: 'promote', arguments: { node: 'default-worker-0' } }): BayCommand => ({ type: 'RunExtension', metadata, data: { operationId, call } }),
  rotateCredential: (operationId = 'op-credential', rotation: CredentialRotation = {}): BayCommand => ({ type: 'RotateCredential', metadata, data: { operationId, ...rotation } }),
  health: (status: HealthReport['status'], reason: HealthReport['reason'] = {}, observedNodes?: Readonly<Record<string, number>>): BayCommand => (
    { type: 'ReportBayHealth', metadata, data: { status, reason, source: 'telemetry', ...(observedNodes ? { observedNodes } : {}) } }),
  remove: (operationId = 'op-delete'): BayCommand => ({ type: 'DeleteBay', metadata, data: { operationId } }),
  abandon: (): BayCommand => ({ type: 'AbandonBayCreation', metadata, data: { bayId: BAY, projectId: 'p1' } }),
  intend: (...ids: string[]): BayCommand => ({ type: 'IntendResources', metadata, data: { operationId: 'op-create', resources: ids.map((resourceId) => ({ resourceId, type: 'bridge', name: `jb-${resourceId}` })) } }),
  record: (...ids: string[]): BayCommand => ({ type: 'RecordResources', metadata, data: { operationId: 'op-create', resources: ids.map((resourceId) => ({ resourceId })) } }),
  release: (...ids: string[]): BayCommand => ({ type: 'ReleaseResources', metadata, data: { operationId: 'op-delete', resourceIds: ids } }),
  observe: (joined: readonly NodeView[], removed: readonly string[] = [], operationId = 'op-create', token?: number, machines?: readonly MachineView[]): BayCommand => ({
    type: 'ObserveBay', metadata, data: { operationId, joined, removed, ...(token === undefined ? {} : { token }), ...(machines ? { machines } : {}) },
  }),
  complete: (operationId: string, outputs = {}): BayCommand => ({ type: 'CompleteOperation', metadata, data: { operationId, outputs } }),
  fail: (operationId: string, reason = 'no space'): BayCommand => ({ type: 'FailOperation', metadata, data: { operationId, reason } }),
};
