import type { JeroboamEvent } from '@jeroboam/domain';
import { FeedFixture } from '../testing/feed-fixture.ts';
import { OWNER, bayEvents, bayIdOf } from '../testing/history.ts';
import { MemorySink, samplesIn } from '../testing/memory-sink.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Magnum's own message for a create that was accepted, as it was captured, with the values of this bay. */
const MAGNUM = {
  typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
  eventType: 'activity',
  id: expect.stringMatching(UUID),
  eventTime: '2026-07-21T10:00:00.000000+0000',
  action: 'create',
  outcome: 'pending',
  observer: { id: expect.stringMatching(UUID), typeURI: 'service/magnum/cluster' },
  initiator: { id: expect.stringMatching(UUID), typeURI: 'service/security/account/user', user_id: OWNER.userId, project_id: OWNER.projectId },
  target: {
    id: bayIdOf('k8s-1'), typeURI: 'service/magnum/cluster', name: 'k8s-1',
    attachments: [{ typeURI: 'service/magnum/cluster', name: 'cluster_data', content: {
      status: 'CREATE_IN_PROGRESS', status_reason: null, project_id: OWNER.projectId, created_at: '2026-07-21T10:00:00.000000', updated_at: null,
      cluster_template_id: '00000000-0000-0000-0000-000000000007', keypair: 'kp', 'docker_volume_size:': 20, docker_volume_size: 20,
      labels: { a: 'b', 'metering.team': 'blue' }, master_flavor_id: 'm1.small', flavor_id: 'm1.medium', stack_id: null, health_status: null, create_timeout: 60,
      api_address: null, discovery_url: null, node_addresses: [], master_addresses: [], node_count: 3, master_count: 1,
    } }],
  },
};

describe('the messages of a bay’s life', () => {
  let fixture: FeedFixture;
  const sink = new MemorySink();
  const k8s = bayEvents('k8s-1');
  const story: readonly (readonly [string, readonly JeroboamEvent[]])[] = [
    ['2026-07-21T10:00:00.000Z', [k8s.requested()]],
    ['2026-07-21T10:04:05.500Z', [k8s.provisioned()]],
    ['2026-07-21T10:10:00.000Z', [k8s.resizeRequested(5)]],
    ['2026-07-21T10:12:00.000Z', [k8s.resizeFailed(4, 5)]],
    ['2026-07-21T10:20:00.000Z', [k8s.deletionRequested()]],
    ['2026-07-21T10:21:00.000Z', [k8s.deleted()]],
  ];
  beforeAll(async () => {
    fixture = await FeedFixture.open();
    for (const [at, events] of story) {
      await fixture.clock.advance(Date.parse(at) - fixture.clock.now().getTime());
      await fixture.happen(...events);
    }
    fixture.notifier([sink]);
    await fixture.settled('memory');
  });
  afterAll(() => fixture.close());

  it('hold all that Magnum sends, in its form, with the right spelling beside the wrong one', () => {
    expect(sink.of('magnum.cluster.create')[0]).toMatchObject({
      message_id: expect.stringMatching(UUID), publisher_id: 'container-infra.bay-1', event_type: 'magnum.cluster.create', priority: 'INFO',
      timestamp: '2026-07-21 10:00:00.000000', _unique_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      _context_user_id: OWNER.userId, _context_project_id: OWNER.projectId, _context_request_id: 'req-00000000-0000-0000-0000-000000000009',
      _context_roles: ['member'], _context_is_admin: false, _context_auth_token: null,
    });
    const { payload } = sink.of('magnum.cluster.create')[0]!;
    expect(Object.fromEntries(Object.keys(MAGNUM).map((key) => [key, payload[key]]))).toEqual(MAGNUM);
  });
  it('add the flat keys that a bill needs', () => {
    const { payload } = sink.of('magnum.cluster.create.end')[0]!;
    expect(payload).toMatchObject({
      tenant_id: OWNER.projectId, project_id: OWNER.projectId, user_id: OWNER.userId, resource_id: bayIdOf('k8s-1'), cluster_id: bayIdOf('k8s-1'), display_name: 'k8s-1',
      state: 'CREATE_COMPLETE', old_state: 'CREATE_IN_PROGRESS', state_description: '', health_status: null, coe: 'kubernetes', node_count: 3, master_count: 1,
      docker_volume_size: 20, metadata: { 'metering.team': 'blue' }, created_at: '2026-07-21T10:00:00.000000', launched_at: '2026-07-21T10:04:05.500000', deleted_at: '',
      state_entered_at: '2026-07-21T10:04:05.500000', previous_state_seconds: 245.5, sequence: 1, schema_version: 1,
    });
  });
  it('tell a failure as an error, with what is really there and why', () => {
    const [failure] = sink.of('magnum.cluster.resize.error');
    expect(failure).toMatchObject({ priority: 'ERROR', payload: { action: 'update', outcome: 'failure', state: 'UPDATE_FAILED', exception: 'no host', node_count: 4, old_node_count: 5, nodegroup: 'default-worker' } });
    expect(sink.of('magnum.cluster.update').map(({ payload, priority }) => [payload['outcome'], priority])).toEqual([['pending', 'INFO'], ['failure', 'ERROR']]);
  });
  it('come in the order of what happened, each kind of it', () => {
    expect(sink.received.map(({ event_type: type, payload }) => (type === 'magnum.cluster.create' ? `${type} ${String(payload['outcome'])}` : type)).slice(0, 8)).toEqual([
      'magnum.cluster.create pending', 'magnum.cluster.create.start', 'magnum.nodegroup.create.start', 'magnum.nodegroup.create.start', 'telemetry.polling',
      'magnum.cluster.create success', 'magnum.cluster.create.end', 'magnum.nodegroup.create.end',
    ].slice(0, 8));
  });
  it('measure at once what is there, and nothing of what is gone', () => {
    const volumes = sink.of('telemetry.polling').map(({ payload }) => samplesIn(payload).map((sample) => sample['counter_volume']));
    expect(volumes.at(0)).toEqual([1, 3, 1, 1, 3]);
    expect(volumes.at(-1)).toEqual([0, 0, 0, 0, 0]);
    expect(samplesIn(sink.of('telemetry.polling')[0]!.payload)[1]).toEqual({
      counter_name: 'magnum.cluster.nodes', counter_type: 'gauge', counter_unit: 'node', counter_volume: 3, user_id: OWNER.userId, project_id: OWNER.projectId,
      resource_id: bayIdOf('k8s-1'), timestamp: '2026-07-21T10:00:00.000+00:00', source: 'openstack', message_id: expect.stringMatching(UUID),
      resource_metadata: {
        display_name: 'k8s-1', state: 'CREATE_IN_PROGRESS', coe: 'kubernetes', cluster_template_id: '00000000-0000-0000-0000-000000000007', flavor_id: 'm1.medium',
        master_flavor_id: 'm1.small', health_status: null, created_at: '2026-07-21T10:00:00.000000',
      },
    });
  });
  it('end with the deletion', () => {
    expect(sink.of('magnum.cluster.delete.end')[0]!.payload).toMatchObject({ state: 'DELETE_COMPLETE', old_state: 'DELETE_IN_PROGRESS', deleted_at: '2026-07-21T10:21:00.000000' });
    expect(sink.of('magnum.nodegroup.delete.end')).toHaveLength(2);
  });
  it('have an id each', () => {
    const ids = sink.received.map(({ message_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
