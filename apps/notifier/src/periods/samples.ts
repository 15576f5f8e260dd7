import { ownerOf } from '../bay/bay-payload.ts';
import { sizesOf } from '../bay/bay-record.ts';
import type { BayRecord, GoneGroup } from '../bay/bay-record.ts';
import type { Draft, Origin } from '../message/draft.ts';
import { LONGEST_TEXT, cut, moment, notificationId } from '../message/notification.ts';
import { sampleTime } from '../message/times.ts';

const SAMPLES = 'telemetry.polling';
const METRICS = 'magnum.bay.metrics.update';

interface Measure {
  readonly meter: string;
  readonly unit: string;
  readonly volume: number;
  readonly resourceId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Ready-made samples, as Ceilometer's own polling agent sends them: no definition is needed, and our ids and moments are
 * kept, so that one that comes twice is one measure. A bay or a node group that is deleted measures 0 once.
 */
export function sampleDrafts(record: BayRecord, origin: Origin): readonly Draft[] {
  const measures = [...ofBay(record), ...ofGroups(record, origin.at)];
  const { projectId, userId } = ownerOf(record);
  const common = { priority: 'SAMPLE' as const, at: origin.at, context: origin.context };
  const samples = measures.map(({ meter, unit, volume, resourceId, metadata }) => ({
    counter_name: meter, counter_type: 'gauge', counter_unit: unit, counter_volume: volume, user_id: userId, project_id: projectId, resource_id: resourceId,
    timestamp: sampleTime(origin.at), resource_metadata: metadata, source: 'openstack', message_id: notificationId(...origin.id, meter, resourceId),
  }));
  const metrics = ofBay(record).map(({ meter, unit, volume }) => ({ name: meter, unit, value: volume }));
  return [
    { ...common, kind: 'samples', eventType: SAMPLES, messageId: notificationId(...origin.id, SAMPLES), payload: { samples } },
    {
      ...common, kind: 'bayMetrics', eventType: METRICS, messageId: notificationId(...origin.id, METRICS),
      payload: { user_id: userId, project_id: projectId, resource_id: record.bay.spec.bayId, metrics },
    },
  ];
}

function ofBay(record: BayRecord): Measure[] {
  const { bay, status } = record;
  const { spec, health } = bay;
  const isThere = record.deletedMs === null;
  const { nodeCount, masterCount } = sizesOf(bay);
  const metadata = {
    display_name: cut(spec.name), state: status, coe: spec.coe, cluster_template_id: spec.bayModelId, flavor_id: spec.flavorId,
    master_flavor_id: spec.masterFlavorId, health_status: health?.status ?? null, ...lifeKeys(record.createdAt, record.deletedAt),
  };
  const of = (meter: string, unit: string, volume: number): Measure => ({ meter, unit, volume: isThere ? volume : 0, resourceId: spec.bayId, metadata });
  const isKnown = health?.status === 'HEALTHY' || health?.status === 'UNHEALTHY';
  return [
    of('magnum.cluster', 'cluster', 1), of('magnum.cluster.nodes', 'node', nodeCount), of('magnum.cluster.masters', 'node', masterCount),
    ...(isKnown && isThere ? [of('magnum.cluster.health', 'health', health.status === 'HEALTHY' ? 1 : 0)] : []),
  ];
}

/** Of the groups that are there, and 0 of those that go at this moment. */
function ofGroups(record: BayRecord, at: string): Measure[] {
  const { spec, nodeGroups } = record.bay;
  const measure = ({ group, facts, deletedAt }: MeasuredGroup): Measure => ({
    meter: 'magnum.nodegroup.nodes', unit: 'node', volume: deletedAt === null ? group.nodeCount : 0, resourceId: group.nodeGroupId,
    metadata: {
      display_name: cut(group.name), cluster_id: spec.bayId, role: cut(group.role), flavor_id: group.flavorId, image_id: group.imageId.slice(0, LONGEST_TEXT),
      state: deletedAt === null ? group.status : 'DELETE_COMPLETE', availability_zone: group.labels['availability_zone'] ?? null, ...lifeKeys(facts.createdAt, deletedAt),
    },
  });
  const present = nodeGroups.map((group) => ({ group, facts: record.groups[group.nodeGroupId]!, deletedAt: record.deletedAt }));
  return [...present, ...record.gone.filter(({ deletedAt }) => deletedAt === at)].map(measure);
}

type MeasuredGroup = Pick<GoneGroup, 'group' | 'facts'> & { readonly deletedAt: string | null };

/** From when to when it is there: Gnocchi's `started_at` and `ended_at` come of it. */
function lifeKeys(createdAt: string, deletedAt: string | null): Record<string, unknown> {
  return { created_at: moment(createdAt), ...(deletedAt === null ? {} : { deleted_at: moment(deletedAt) }) };
}

/** Whether a bay measures something else than it did; its creation and its end are changes too. */
export function measuresChanged(before: BayRecord | undefined, after: BayRecord): boolean {
  return !before || measured(before) !== measured(after);
}

function measured({ bay, status }: BayRecord): string {
  return JSON.stringify([status, bay.health?.status, bay.nodeGroups.map(({ nodeGroupId, nodeCount, status: state }) => [nodeGroupId, nodeCount, state])]);
}
