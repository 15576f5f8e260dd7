import type { UsageTotal, UsedInterval } from './usage.queries.ts';

/** An interval as clients see it, cut at the ends of the period asked for. It is an addition of ours: `bay-ops` 1.0. */
export function usageView({ interval, share }: UsedInterval): Record<string, unknown> {
  return {
    id: interval.id,
    cluster_uuid: interval.bayId,
    cluster_name: interval.bayName,
    project_id: interval.projectId,
    user_id: interval.userId,
    nodegroup: interval.nodeGroup,
    role: interval.role,
    flavor: interval.flavor,
    node_count: interval.nodeCount,
    // With milliseconds, unlike Magnum's times: what is billed must add up.
    from: share.from,
    to: share.to,
    seconds: share.milliseconds / 1_000,
    node_seconds: share.nodeMilliseconds / 1_000,
    sequence: interval.sequence,
    // Of a period that is over it never changes.
    state: share.goesOn ? 'open' : 'closed',
  };
}

export function totalView({ group, nodeMilliseconds }: UsageTotal): Record<string, unknown> {
  return { ...group, node_seconds: nodeMilliseconds / 1_000 };
}
