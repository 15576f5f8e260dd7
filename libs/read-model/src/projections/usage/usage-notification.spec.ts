import type { UsageInterval } from './bay-usage.ts';
import { usageNotifications } from './usage-notification.ts';

const interval: UsageInterval = {
  id: '5d1f0c2e-0000-5000-8000-000000000001', bayId: 'b1', bayName: 'web', projectId: 'p1', userId: 'u1', nodeGroup: 'default-worker',
  role: 'worker', flavor: 'm1.large', nodeCount: 3, from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T12:00:01.500Z', sequence: 4,
};

describe('usageNotifications', () => {
  it('says once, with the same id each time, what an interval that has ended came to', () => {
    const expected = [{
      id: interval.id, eventType: 'magnum.cluster.usage', priority: 'INFO', timestamp: interval.to,
      payload: {
        tenant_id: 'p1', project_id: 'p1', user_id: 'u1', resource_id: 'b1', cluster_id: 'b1', display_name: 'web', usage_id: interval.id,
        nodegroup: 'default-worker', role: 'worker', flavor_id: 'm1.large', node_count: 3, from: interval.from, to: interval.to,
        seconds: 1.5, node_seconds: 4.5, sequence: 4, schema_version: 1,
      },
    }];
    expect(usageNotifications(interval)).toEqual(expected);
    expect(JSON.stringify(usageNotifications(interval))).toBe(JSON.stringify(usageNotifications({ ...interval })));
  });

  it('is silent while an interval goes on', () => {
    expect(usageNotifications({ ...interval, to: null })).toEqual([]);
  });

  it('leaves a text empty where nothing is known, never null', () => {
    expect(usageNotifications({ ...interval, role: null, flavor: null })[0]!.payload).toMatchObject({ role: '', flavor_id: '' });
  });
});
