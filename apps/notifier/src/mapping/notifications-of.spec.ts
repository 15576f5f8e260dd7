import type { JeroboamEvent } from '@jeroboam/domain';
import { EVENT_CATALOG } from '@jeroboam/domain';
import { anEvent } from '@jeroboam/event-log/testing';
import { FeedFixture } from '../testing/feed-fixture.ts';
import { OWNER, bayEvents, bayIdOf } from '../testing/history.ts';
import { everyStory } from '../testing/every-story.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { isTold } from './notifications-of.ts';

describe('what is told of an event', () => {
  let fixture: FeedFixture;
  let sink: MemorySink;
  beforeEach(async () => {
    fixture = await FeedFixture.open();
    sink = new MemorySink();
  });
  afterEach(() => fixture.close());

  async function told(...events: readonly JeroboamEvent[]): Promise<string[]> {
    await fixture.happen(...events);
    const before = sink.messages.length;
    fixture.notifier([sink]);
    await fixture.settled('memory');
    return sink.messages.slice(before).map(({ eventType, priority }) => `${eventType} ${priority}`);
  }
  const b = bayEvents('b');
  const born = [b.requested(), b.provisioned()];

  it.each<[string, JeroboamEvent[], JeroboamEvent, string[]]>([
    ['a resize that is refused', [b.requested()], b.resizeRefused(5), ['magnum.cluster.update error', 'magnum.cluster.resize.error error']],
    ['a new node group', born, b.groupRequested('gpu', 2), ['magnum.cluster.update info', 'magnum.cluster.update.start info', 'magnum.nodegroup.create.start info', 'telemetry.polling sample']],
    ['a node group that is gone', [...born, b.groupRequested('gpu', 2), b.groupCreated('gpu', 2), b.groupDeletionRequested('gpu', 2)], b.groupDeleted('gpu'),
      ['magnum.cluster.update info', 'magnum.cluster.update.end info', 'magnum.nodegroup.delete.end info', 'telemetry.polling sample']],
    ['a node group that is changed', born, b.groupRevisionRequested('default-worker'), ['magnum.cluster.update info', 'magnum.cluster.update.start info', 'magnum.nodegroup.update.start info', 'telemetry.polling sample']],
    ['an upgrade', [...born, b.upgradeRequested()], b.upgraded(), ['magnum.cluster.update info', 'magnum.cluster.upgrade.end info', 'magnum.nodegroup.update.end info', 'magnum.nodegroup.update.end info', 'telemetry.polling sample']],
    ['the beginning of a CA rotation, of which Magnum says nothing', born, b.rotation('Ca', 'Requested'), ['magnum.certificate.rotate.start info', 'telemetry.polling sample']],
    ['a CA rotation that fails', [...born, b.rotation('Ca', 'Requested')], b.rotation('Ca', 'Failed'), ['magnum.cluster.update error', 'magnum.certificate.rotate.error error', 'telemetry.polling sample']],
    ['a credential rotation', [...born, b.rotation('Credential', 'Requested')], b.rotation('Credential', 'Completed'), ['magnum.cluster.update info', 'magnum.credential.rotate.end info', 'telemetry.polling sample']],
    ['a bay that is unwell, at a priority that is not thrown away', born, b.health('UNHEALTHY'), ['magnum.cluster.health.update info', 'telemetry.polling sample']],
    ['a delete that takes the place of a resize', [...born, b.resizeRequested(5)], b.deletionRequested(),
      ['magnum.cluster.resize.error error', 'magnum.nodegroup.update.error error', 'magnum.cluster.delete info', 'magnum.cluster.delete.start info', 'magnum.nodegroup.delete.start info', 'magnum.nodegroup.delete.start info', 'telemetry.polling sample']],
    ['a certificate', born, b.certificateIssued(), ['magnum.certificate.sign info']],
    ['a deletion that fails', [...born, b.deletionRequested()], b.deletionFailed(), ['magnum.cluster.delete error', 'magnum.cluster.delete.error error', 'magnum.nodegroup.delete.error error', 'magnum.nodegroup.delete.error error', 'telemetry.polling sample']],
  ])('is right for %s', async (_, before, event, expected) => {
    if (before.length > 0) await told(...before);
    const next = new MemorySink('next');
    fixture.notifier([next]);
    await fixture.settled('next');
    const known = next.messages.length;
    await fixture.happen(event);
    await fixture.settled('next');
    expect(next.messages.slice(known).map(({ eventType, priority }) => `${eventType} ${priority}`)).toEqual(expected);
  });

  it('names owner and resource in every message of every kind, also where an administrator or nobody acted', async () => {
    await told(...everyStory());
    const nameless = sink.received.filter(({ payload }) => !('samples' in payload)).filter(({ payload, _context_project_id: project, _context_user_id: user }) =>
      [payload['tenant_id'], payload['project_id'], payload['user_id'], payload['resource_id'], project, user].some((value) => typeof value !== 'string' || value === ''));
    expect(nameless).toEqual([]);
  });
  it('ends what it has begun: every start has an end or an error', async () => {
    const busy = bayEvents('busy');
    await told(...everyStory(), busy.requested(), busy.provisioned(), busy.resizeRequested(4), busy.resizeRequested(5), busy.groupRequested('gpu', 2), busy.groupRevisionRequested('default-worker'),
      busy.upgradeRequested(), busy.rotation('Ca', 'Requested'), busy.rotation('Credential', 'Requested'), busy.deletionRequested(), busy.deleted());
    const balance = new Map<string, number>();
    for (const { event_type: type, payload } of sink.received) {
      const [, what, phase] = /^(.*)\.(start|end|error)$/.exec(type) ?? [];
      if (what === undefined || (payload['reason'] !== undefined && phase === 'error')) continue;
      const key = `${what} of ${String(payload['resource_id'])}`;
      balance.set(key, (balance.get(key) ?? 0) + (phase === 'start' ? 1 : -1));
    }
    const open = [...balance].filter(([, count]) => count !== 0).map(([key]) => key);
    expect(open).toEqual([]);
  });
  it('has a story for every type that is told of', () => {
    const types = new Set(everyStory().map(({ type }) => type));
    expect((Object.keys(EVENT_CATALOG) as JeroboamEvent['type'][]).filter((type) => isTold(type) && !types.has(type))).toEqual([]);
  });
  it('says what an interval of usage came to when it has ended', async () => {
    await fixture.happen(b.requested(), b.joined('default-worker-0'), b.joined('default-worker-1'));
    await fixture.clock.advance(90_000);
    await fixture.happen(b.removed('default-worker-1'));
    await fixture.clock.advance(10_000);
    await told(b.deletionRequested(), b.deleted());
    expect(sink.of('magnum.cluster.usage')).toMatchObject([
      { timestamp: '2026-07-21 10:01:30.000000', _context_project_id: OWNER.projectId, payload: { nodegroup: 'default-worker', flavor_id: 'm1.medium', node_count: 2, seconds: 90, node_seconds: 180 } },
      { timestamp: '2026-07-21 10:01:40.000000', payload: { node_count: 1, seconds: 10, node_seconds: 10, from: '2026-07-21T10:01:30.000Z', to: '2026-07-21T10:01:40.000Z' } },
    ]);
  });
  it('comes under Newton’s names too, where it is asked for', async () => {
    await fixture.happen(b.requested());
    fixture.notifier([sink], { notificationsBayNames: true, notificationsBayMetrics: true, notificationsLifecycle: false, notificationsSamples: false });
    await fixture.settled('memory');
    expect(sink.messages.map(({ eventType }) => eventType)).toEqual(['magnum.cluster.create', 'magnum.bay.create', 'magnum.bay.metrics.update']);
    expect(sink.of('magnum.bay.create')[0]!.payload['target']).toMatchObject({ id: bayIdOf('b'), typeURI: 'service/magnum/bay' });
    expect(sink.of('magnum.bay.metrics.update')[0]).toMatchObject({ priority: 'SAMPLE', payload: { project_id: OWNER.projectId, metrics: expect.arrayContaining([{ name: 'magnum.cluster.nodes', unit: 'node', value: 3 }]) } });
  });
  it('is nothing, loudly, for an event of a version to come, and the next is told of', async () => {
    await fixture.log.append(`bay-${bayIdOf('x')}`, [anEvent({ type: 'BayPainted', data: { bayId: bayIdOf('x') } })], 'any');
    expect(await told(b.requested())).toContain('magnum.cluster.create.start info');
    expect(fixture.logger.lines).toMatchObject([{ level: 'error', eventType: 'BayPainted', problems: ['BayPainted version 1 is not known'] }]);
    expect(await fixture.metrics.text()).toMatch(/jeroboam_notifications_parked_total\{sink="memory"\} 1\n/);
    expect(await fixture.readModel.find('notifier_memory_parked')).toMatchObject([{ eventType: 'BayPainted' }]);
  });
  it('is nothing, loudly, of events that make no bay, also after a restart, and the next is told of', async () => {
    const bayId = bayIdOf('odd');
    await fixture.log.append(`bay-${bayId}`, [anEvent({ type: 'BayCreationRequested', data: { bayId } }), anEvent({ type: 'BayProvisioned', data: { bayId } })], 'any');
    expect(await told(b.requested())).toContain('magnum.cluster.create.start info');
    const parked = await fixture.readModel.find('notifier_memory_parked');
    expect(parked).toMatchObject([{ eventType: 'BayCreationRequested' }, { eventType: 'BayProvisioned', problems: [expect.stringContaining('is about a bay that nothing is known of')] }]);
    const next = new MemorySink();
    fixture.notifier([next]);
    await fixture.happen(b.provisioned());
    await fixture.until(() => next.of('magnum.cluster.create.end').length + sink.of('magnum.cluster.create.end').length > 0);
    expect(fixture.logger.lines.map(({ message }) => message)).toContain('a bay cannot be read from the log and will not be told of');
  });
  it('is nothing, loudly, where it could not be read, and the next is told of', async () => {
    const broken = bayEvents('broken', { userId: '' });
    expect(await told(broken.requested(), b.requested())).toContain('magnum.cluster.create.start info');
    expect(sink.messages.filter(({ text }) => text.includes(bayIdOf('broken')))).toEqual([]);
    expect((await fixture.readModel.find('notifier_memory_parked')).length).toBeGreaterThan(0);
  });
});
