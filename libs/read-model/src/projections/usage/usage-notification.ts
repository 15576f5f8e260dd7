import type { UsageInterval } from './bay-usage.ts';
import { shareOf } from './usage-period.ts';

/** One message for whoever sends notifications: what to send, and nothing of how. */
export interface UsageNotification {
  /** Of the message, and the same each time it is sent: an interval ends once. */
  readonly id: string;
  readonly eventType: typeof USAGE_EVENT_TYPE;
  readonly priority: 'INFO';
  /** When the interval ended, RFC 3339 UTC with milliseconds; not when it is sent. */
  readonly timestamp: string;
  /** Numbers are numbers, times as `timestamp`; what is not known is an empty text, which billing systems can take. */
  readonly payload: Readonly<Record<string, string | number>>;
}

export const USAGE_EVENT_TYPE = 'magnum.cluster.usage';

/**
 * What to say of an interval: nothing while it goes on, one message when it has ended. Whoever follows the log folds each
 * bay's events by `foldUsage` and passes on the `closed` ones among the changes.
 */
export function usageNotifications(interval: UsageInterval): readonly UsageNotification[] {
  const { to } = interval;
  if (to === null) return [];
  return [{ id: interval.id, eventType: USAGE_EVENT_TYPE, priority: 'INFO', timestamp: to, payload: payloadOf(interval, to) }];
}

function payloadOf(interval: UsageInterval, to: string): UsageNotification['payload'] {
  const { milliseconds, nodeMilliseconds } = shareOf(interval, { from: null, to })!;
  return {
    tenant_id: interval.projectId,
    project_id: interval.projectId,
    user_id: interval.userId,
    resource_id: interval.bayId,
    cluster_id: interval.bayId,
    display_name: interval.bayName,
    usage_id: interval.id,
    nodegroup: interval.nodeGroup,
    role: interval.role ?? '',
    flavor_id: interval.flavor ?? '',
    node_count: interval.nodeCount,
    from: interval.from,
    to,
    seconds: milliseconds / 1_000,
    node_seconds: nodeMilliseconds / 1_000,
    sequence: interval.sequence,
    schema_version: 1,
  };
}
