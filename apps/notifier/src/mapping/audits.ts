import type { BayModelSpec } from '@jeroboam/domain';
import { SCHEMA_VERSION, bayKeys, ownerOf } from '../bay/bay-payload.ts';
import type { RecordedAs } from '../bay/recorded.ts';
import type { Outcome } from '../message/cadf.ts';
import { draft, originOf } from '../message/draft.ts';
import type { Draft } from '../message/draft.ts';
import { cut, moment } from '../message/notification.ts';
import { actOf } from './bay-transitions.ts';
import { NothingToTell } from './happening.ts';
import type { Happening } from './happening.ts';

// Notifications that nobody bills by: who did what. Magnum sends none of them.

/** To UNHEALTHY too at INFO: Ceilometer throws WARN away. */
export function healthUpdate({ event, before, after }: Happening<RecordedAs<'BayHealthChanged'>>): readonly Draft[] {
  if (!after) throw new NothingToTell(event, 'a bay');
  const reason = Object.entries(event.data.reason).map(([name, text]) => `${name}: ${text}`).join('; ');
  const keys = { ...bayKeys(after, before, event.requestId), health_status_reason: cut(reason), health_source: event.data.source };
  return [draft(originOf(event, ownerOf(after)), { kind: 'lifecycle', eventType: 'magnum.cluster.health.update', act: actOf(after, 'update', 'success'), keys })];
}

export function certificateSigned({ event, after, before }: Happening<RecordedAs<'CertificateIssued'>>): readonly Draft[] {
  const record = after ?? before;
  if (!record) throw new NothingToTell(event, 'a bay');
  const { data } = event;
  const { state, old_state: _, sequence: __, ...bay } = bayKeys(record, record, event.requestId);
  const keys = {
    ...bay, state, sequence: event.revision, authority: data.authority, serial: data.serial, subject: cut(data.subject), fingerprint: data.fingerprint,
    subject_alt_names: cut(data.subjectAltNames.join(',')), usages: cut(data.usages.join(',')), not_after: moment(data.notAfter),
    issued_for: 'purpose' in data ? data.purpose : 'user',
  };
  const act = { action: 'create', outcome: 'success' as const, kind: 'certificate', target: { id: data.bayId, name: record.bay.spec.name } };
  return [draft(originOf(event, ownerOf(record)), { kind: 'lifecycle', eventType: 'magnum.certificate.sign', act, keys })];
}

/** `hardLimit` null: the default counts from here on. */
export function quotaUpdate({ event }: Happening<RecordedAs<'ProjectQuotaSet' | 'ProjectQuotaRemoved'>>): readonly Draft[] {
  const { projectId } = event.data;
  const owner = { projectId, userId: event.actor.userId };
  const isSet = event.type === 'ProjectQuotaSet';
  const keys = {
    tenant_id: projectId, project_id: projectId, user_id: owner.userId, resource_id: projectId, display_name: 'Cluster',
    hard_limit: isSet ? event.data.hardLimit : null, request_id: event.requestId, sequence: event.revision, schema_version: SCHEMA_VERSION,
  };
  const action = isSet ? 'update' : 'delete';
  const act = { action, outcome: 'success' as const, kind: 'quota', target: { id: projectId, name: 'Cluster' } };
  return [draft(originOf(event, owner), { kind: 'lifecycle', eventType: `magnum.quota.${action}`, act, keys })];
}

export function clusterTemplate(action: 'create' | 'update' | 'delete') {
  return ({ event, bayModel }: Happening): readonly Draft[] => {
    if (!bayModel) throw new NothingToTell(event, 'a bay model');
    const act = { action, outcome: 'success' as Outcome, kind: 'clustertemplate', target: { id: bayModel.bayModelId, name: bayModel.name } };
    const keys = { ...templateKeys(bayModel), request_id: event.requestId, sequence: event.revision, schema_version: SCHEMA_VERSION };
    return [draft(originOf(event, bayModel), { kind: 'lifecycle', eventType: `magnum.clustertemplate.${action}`, act, keys })];
  };
}

function templateKeys(spec: BayModelSpec): Record<string, unknown> {
  return {
    tenant_id: spec.projectId, project_id: spec.projectId, user_id: spec.userId, resource_id: spec.bayModelId, cluster_template_id: spec.bayModelId,
    display_name: cut(spec.name ?? ''), coe: spec.coe, flavor_id: spec.flavorId, master_flavor_id: spec.masterFlavorId, image_id: cut(spec.imageId),
    docker_volume_size: spec.dockerVolumeSize, server_type: spec.serverType, visibility: spec.public ? 'public' : 'private', labels: spec.labels,
  };
}
