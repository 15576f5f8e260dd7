import fc from 'fast-check';
import { LONGEST_TEXT, cut } from './notification.ts';
import type { Notification } from './notification.ts';
import { problemsOf } from './validate.ts';

const SOUND = {
  tenant_id: 'p1', project_id: 'p1', user_id: 'u1', resource_id: 'r1', node_count: 3, created_at: '2026-07-21T10:00:00.000000', deleted_at: '', launched_at: null, labels: {}, state: 'CREATE_COMPLETE',
};
const SAMPLE = {
  counter_name: 'magnum.cluster', counter_type: 'gauge', counter_unit: 'cluster', counter_volume: 1, user_id: 'u1', project_id: 'p1', resource_id: 'r1',
  timestamp: '2026-07-21T10:00:00+00:00', resource_metadata: {}, source: 'openstack', message_id: 'm1',
};

function problems(payload: object, more: Partial<Notification> = {}): readonly string[] {
  const context = { projectId: 'p1', userId: 'u1', requestId: null, roles: [] };
  return problemsOf({ messageId: 'm', eventType: 'magnum.cluster.create.end', priority: 'INFO', at: '2026-07-21T10:00:00.000Z', payload: payload as Notification['payload'], context, ...more });
}

describe('a notification before it is sent', () => {
  it('may go when every value is what Ceilometer can read', () => {
    expect(problems(SOUND)).toEqual([]);
    expect(problems({ samples: [SAMPLE] }, { eventType: 'telemetry.polling', priority: 'SAMPLE' })).toEqual([]);
    expect(problems({ user_id: 'u', project_id: 'p', resource_id: 'r', metrics: [{ name: 'a', unit: 'x', value: 0 }] })).toEqual([]);
  });
  it.each([
    [{ node_count: 'four' }, 'node_count cannot be "four"'],
    [{ node_count: Number.NaN }, 'node_count cannot be null'],
    [{ created_at: 'soon' }, 'created_at cannot be "soon"'],
    [{ created_at: 1_784_628_000 }, 'created_at cannot be 1784628000'],
    [{ created_at: '2026-13-45T10:00:00' }, 'created_at cannot be "2026-13-45T10:00:00"'],
    [{ state: { a: 1 } }, 'state cannot be {"a":1}'],
    [{ tenant_id: undefined }, 'tenant_id is missing'],
    [{ user_id: '' }, 'user_id is missing'],
    [{ resource_id: null }, 'resource_id is missing'],
    [{ state_description: 'x'.repeat(256) }, `state_description cannot be "${'x'.repeat(256)}"`],
  ])('may not go with %j', (wrong, problem) => {
    expect(problems({ ...SOUND, ...wrong })).toContain(problem);
  });
  it.each(Object.keys(SAMPLE).filter((key) => key !== 'resource_metadata'))('may not go as a sample without %s, which would lose the whole message', (key) => {
    expect(problems({ samples: [SAMPLE, { ...SAMPLE, [key]: undefined }] })).not.toEqual([]);
  });
  it('may not go with a metric without a unit, which would lose all of them', () => {
    expect(problems({ user_id: 'u', project_id: 'p', resource_id: 'r', metrics: [{ name: 'a', value: 0 }] })).toEqual(['a metric lacks its name, unit or value']);
  });
  it('has no text that is longer than a trait, and none that ends inside a character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const short = cut(text);
      expect(Array.from(short).length).toBeLessThanOrEqual(LONGEST_TEXT);
      expect(text.startsWith(short)).toBe(true);
      expect(short.isWellFormed()).toBe(text.isWellFormed());
    }));
  });
});
