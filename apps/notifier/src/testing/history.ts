// Histories of bays for specs: events as the scheduler would have written them.
import { categoryOf, derivedId } from '@jeroboam/domain';
import type { Actor, BaySpec, JeroboamEvent, NewEvent, NodeGroupView } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';

export const OWNER: Actor = { userId: '9f1c4b0e1f2a4b7e8d6c5b4a39281706', projectId: '2b5a6a4c4c6d4b6f8a3c0d6d8d5e4f11', roles: ['member'] };
/** An administrator who acts on what is not theirs. */
export const ADMIN: Actor = { userId: 'admin-user', projectId: 'admin-project', roles: ['admin'] };

export const bayIdOf = (name: string): string => derivedId('spec-bay', name);

export function specOf(name: string, more: Partial<BaySpec> = {}): BaySpec {
  return {
    ...baySamples.aSpec, bayId: bayIdOf(name), name, projectId: OWNER.projectId, userId: OWNER.userId, bayModelId: '00000000-0000-0000-0000-000000000007',
    coe: 'kubernetes', keypair: 'kp', dockerVolumeSize: 20, labels: { a: 'b', 'metering.team': 'blue' }, flavorId: 'm1.medium', masterFlavorId: 'm1.small', ...more,
  };
}

export function groupOf(bay: string, name: string, nodeCount: number): NodeGroupView {
  const role = name.includes('master') ? 'master' : 'worker';
  return { ...baySamples.group(name, nodeCount), nodeGroupId: derivedId('spec-group', bay, name), role, flavorId: role === 'master' ? 'm1.small' : 'm1.medium', isDefault: name.startsWith('default') };
}

/** What happens to one bay, by the name it was given. */
export function bayEvents(name: string, more: Partial<BaySpec> = {}) {
  const bayId = bayIdOf(name);
  const of = (operation: string) => ({ bayId, operationId: derivedId('spec-operation', name, operation) });
  const event = (type: JeroboamEvent['type'], data: object): JeroboamEvent => ({ type, schemaVersion: 1, data: { bayId, ...data } }) as unknown as JeroboamEvent;
  return {
    requested: (masters = 1, workers = 3) => event('BayCreationRequested', { ...of('create'), spec: specOf(name, more), nodeGroups: [groupOf(name, 'default-master', masters), groupOf(name, 'default-worker', workers)] }),
    joined: (node: string) => event('NodeJoined', { ...of('create'), node: { name: node, nodeGroup: node.replace(/-\d+$/, ''), address: '10.0.0.9' } }),
    removed: (node: string) => event('NodeRemoved', { ...of('resize'), name: node, nodeGroup: node.replace(/-\d+$/, '') }),
    provisioned: () => event('BayProvisioned', { ...of('create'), outputs: { apiAddress: 'https://10.0.0.5:6443', stackId: 'stack-1' }, nodeCount: 3, masterCount: 1 }),
    creationFailed: (reason = 'Step make-nodes failed: no host') => event('BayCreationFailed', { ...of('create'), reason }),
    resizeRequested: (nodeCount: number, fromCount = 3) => event('BayResizeRequested', { ...of(`resize-${nodeCount}`), nodeGroup: 'default-worker', fromCount, nodeCount, nodesToRemove: [] }),
    resized: (nodeCount: number) => event('BayResized', { ...of(`resize-${nodeCount}`), nodeGroup: 'default-worker', nodeCount, outputs: {} }),
    resizeFailed: (nodeCount: number, target: number) => event('BayResizeFailed', { ...of(`resize-${target}`), nodeGroup: 'default-worker', nodeCount, reason: 'no host' }),
    resizeRefused: (nodeCount: number) => event('BayResizeRefused', { ...of(`resize-${nodeCount}`), nodeGroup: 'default-worker', nodeCount, code: 'STATUS_FORBIDS', reason: 'Resizing a cluster when status is "CREATE_IN_PROGRESS" is not supported.' }),
    groupRequested: (group: string, nodeCount: number) => event('NodeGroupCreationRequested', { ...of(`group-${group}`), nodeGroup: groupOf(name, group, nodeCount) }),
    groupCreated: (group: string, nodeCount: number) => event('NodeGroupCreated', { ...of(`group-${group}`), nodeGroup: group, nodeCount, outputs: {} }),
    groupRevisionRequested: (group: string) => event('NodeGroupRevisionRequested', { ...of(`revise-${group}`), nodeGroup: group, changes: { maxNodeCount: 9 } }),
    groupRevised: (group: string) => event('NodeGroupRevised', { ...of(`revise-${group}`), nodeGroup: group, outputs: {} }),
    groupDeletionRequested: (group: string, fromCount: number) => event('NodeGroupDeletionRequested', { ...of(`delete-${group}`), nodeGroup: group, fromCount }),
    groupDeleted: (group: string) => event('NodeGroupDeleted', { ...of(`delete-${group}`), nodeGroup: group }),
    groupDeletionFailed: (group: string) => event('NodeGroupDeletionFailed', { ...of(`delete-${group}`), nodeGroup: group, reason: 'busy' }),
    upgradeRequested: () => event('BayUpgradeRequested', { ...of('upgrade'), nodeGroups: ['default-master', 'default-worker'], to: target(name, more), maxBatchSize: 1 }),
    upgraded: () => event('BayUpgraded', { ...of('upgrade'), nodeGroups: ['default-master', 'default-worker'], to: target(name, more), outputs: {} }),
    rotation: (what: 'Ca' | 'Credential', phase: 'Requested' | 'Completed' | 'Failed') =>
      event(`${what}Rotation${phase}`, { ...of(`rotate-${what}`), ...(phase === 'Completed' ? { outputs: {} } : {}), ...(phase === 'Failed' ? { reason: 'no answer' } : {}) }),
    health: (status: 'HEALTHY' | 'UNHEALTHY') => event('BayHealthChanged', { status, reason: { api: status === 'HEALTHY' ? 'ok' : 'no answer' }, source: 'telemetry' }),
    deletionRequested: () => event('BayDeletionRequested', of('delete')),
    deletionFailed: (reason = 'busy') => event('BayDeletionFailed', { ...of('delete'), reason }),
    deleted: () => event('BayDeleted', of('delete')),
    certificateIssued: () => event('CertificateIssued', {
      requester: { userId: OWNER.userId, projectId: OWNER.projectId }, authority: 'kubernetes', serial: '0f'.repeat(16), subject: 'CN=admin', subjectAltNames: [], usages: ['clientAuth'],
      csrHash: 'ab'.repeat(32), fingerprint: 'cd'.repeat(32), notAfter: '2031-01-30T12:00:00.000Z',
    }),
  };
}

function target(name: string, more: Partial<BaySpec>) {
  return { bayModelId: '00000000-0000-0000-0000-000000000008', imageId: 'debian-13', labels: { kube_tag: 'v1.31' }, driver: specOf(name, more).driver };
}

const STREAMS: Readonly<Record<string, string>> = { CertificateIssued: 'certificates' };

/** Writes events one by one, each in the stream it belongs to, at the clock's time. */
export async function happen(log: EventLog, clock: Clock, events: readonly JeroboamEvent[], actor: Actor = OWNER): Promise<void> {
  for (const event of events) await log.append(streamOf(event), [newEvent(event, clock, actor)], 'any');
}

export function streamOf({ type, data }: JeroboamEvent): string {
  if ('bayModelId' in data && type.startsWith('BayModel')) return `baymodel-${data.bayModelId}`;
  if (type.startsWith('ProjectQuota') && 'projectId' in data) return `quota-${data.projectId}`;
  return `${STREAMS[type] ?? 'bay'}-${(data as { bayId: string }).bayId}`;
}

let written = 0;

function newEvent(event: JeroboamEvent, clock: Clock, actor: Actor): NewEvent {
  const id = derivedId('spec-event', (written += 1), categoryOf(streamOf(event)));
  return { ...event, eventId: id, occurredAt: clock.now().toISOString(), actor, requestId: 'req-00000000-0000-0000-0000-000000000009', commandId: id, correlationId: id, causationId: null };
}
