import type { JeroboamEvent } from '@jeroboam/domain';
import { OWNER, bayEvents, bayIdOf } from './history.ts';

/** Stories in which every event that anybody is told of happens once at least. */
export function everyStory(): readonly JeroboamEvent[] {
  const [good, poor, odd] = [bayEvents('good'), bayEvents('poor'), bayEvents('odd')];
  const event = (type: JeroboamEvent['type'], data: object): JeroboamEvent => ({ type, schemaVersion: 1, data }) as unknown as JeroboamEvent;
  const bayModelId = '4f34fac6-96ef-4200-9368-3f87b8ebde4a';
  const spec = {
    bayModelId, name: 'k8s', projectId: OWNER.projectId, userId: OWNER.userId, coe: 'kubernetes', imageId: 'fedora-coreos', flavorId: 'm1.medium', masterFlavorId: 'm1.small', dockerVolumeSize: 20,
    serverType: 'vm', public: false, hidden: false, labels: {},
  };
  return [
    event('BayModelCreated', { bayModelId, spec }), event('BayModelRevised', { bayModelId, changes: { name: 'k8s-2' } }), event('BayModelDeleted', { bayModelId }),
    event('ProjectQuotaSet', { projectId: OWNER.projectId, hardLimit: 5 }), event('ProjectQuotaRemoved', { projectId: OWNER.projectId }),
    good.requested(), good.resizeRefused(5), good.joined('default-worker-0'), good.joined('default-worker-1'), good.provisioned(), good.certificateIssued(), good.health('HEALTHY'), good.resizeRequested(5), good.resized(5),
    good.groupRequested('gpu', 2), good.groupCreated('gpu', 2), good.groupRevisionRequested('gpu'), good.groupRevised('gpu'), good.groupDeletionRequested('gpu', 2), good.groupDeleted('gpu'),
    good.upgradeRequested(), good.upgraded(), good.rotation('Ca', 'Requested'), good.rotation('Ca', 'Completed'), good.rotation('Credential', 'Requested'), good.rotation('Credential', 'Completed'),
    good.health('UNHEALTHY'), good.deletionRequested(), good.deletionFailed(), good.deletionRequested(), good.deleted(),
    poor.requested(), poor.creationFailed(), poor.deletionRequested(), poor.deleted(),
    odd.requested(), odd.provisioned(), odd.resizeRequested(5), odd.resizeFailed(4, 5), ...failures(odd), odd.rotation('Ca', 'Requested'), odd.rotation('Ca', 'Failed'),
    odd.rotation('Credential', 'Requested'), odd.rotation('Credential', 'Failed'),
  ];
}

function failures(bay: ReturnType<typeof bayEvents>): JeroboamEvent[] {
  const failed = (type: JeroboamEvent['type'], of: JeroboamEvent, more: object): JeroboamEvent => {
    const { bayId, operationId } = of.data as { bayId: string; operationId: string };
    return { type, schemaVersion: 1, data: { bayId, operationId, reason: 'no answer', ...more } } as unknown as JeroboamEvent;
  };
  const called = failed('ExtensionRequested', bay.health('HEALTHY'), { operationId: bayIdOf('call'), call: { alias: 'k8s', command: 'drain', arguments: {} } });
  const [made, revised, upgraded] = [bay.groupRequested('gpu', 2), bay.groupRevisionRequested('default-worker'), bay.upgradeRequested()];
  return [
    made, failed('NodeGroupCreationFailed', made, { nodeGroup: 'gpu' }),
    revised, failed('NodeGroupRevisionFailed', revised, { nodeGroup: 'default-worker' }), failed('NodeGroupRevisionRefused', revised, { nodeGroup: 'default-worker', code: 'STATUS_FORBIDS' }),
    bay.groupDeletionRequested('gpu', 2), bay.groupDeletionFailed('gpu'),
    upgraded, failed('BayUpgradeFailed', upgraded, { nodeGroups: ['default-master', 'default-worker'] }),
    called, failed('ExtensionFailed', called, { alias: 'k8s', command: 'drain' }), called, { ...failed('ExtensionCompleted', called, { alias: 'k8s', command: 'drain', outputs: {} }) },
  ];
}
