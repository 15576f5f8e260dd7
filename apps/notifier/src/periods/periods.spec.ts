import { FeedFixture } from '../testing/feed-fixture.ts';
import { bayEvents, bayIdOf } from '../testing/history.ts';
import { MemorySink, samplesIn } from '../testing/memory-sink.ts';
import type { Received } from '../testing/memory-sink.ts';
import { happenAtRandom } from '../testing/random-history.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('audit periods', () => {
  let fixture: FeedFixture;
  let sink: MemorySink;
  beforeEach(async () => {
    fixture = await FeedFixture.open('2026-07-21T10:15:00.000Z');
    sink = new MemorySink();
  });
  afterEach(() => fixture.close());
  const pass = async (minutes: number) => fixture.clock.advance(minutes * MINUTE);
  const exists = (bay: string): readonly Received['payload'][] => sink.of('magnum.cluster.exists').map(({ payload }) => payload).filter(({ resource_id: id }) => id === bayIdOf(bay));

  it('tell how long a bay was in which state, with how many nodes, from its creation on', async () => {
    const one = bayEvents('one');
    await fixture.happen(one.requested());
    await pass(5);
    await fixture.happen(one.provisioned());
    await pass(20);
    await fixture.happen(one.resizeRequested(5));
    await pass(1);
    await fixture.happen(one.resized(5));
    await pass(60);
    await fixture.happen(bayEvents('two').requested());
    fixture.notifier([sink]);
    await fixture.settled('memory');
    expect(exists('one')).toMatchObject([{
      audit_period_beginning: '2026-07-21 10:00:00', audit_period_ending: '2026-07-21 11:00:00', duration: 2_700, node_seconds: 25 * 60 * 3 + 20 * 60 * 5, master_seconds: 2_700,
      state_durations: { CREATE_IN_PROGRESS: 300, CREATE_COMPLETE: 1_200, UPDATE_IN_PROGRESS: 60, UPDATE_COMPLETE: 1_140 }, node_count: 5, state: 'UPDATE_COMPLETE',
    }]);
    expect(exists('two')).toEqual([]);
  });
  it('tell of a bay that was deleted inside one, once, and never again', async () => {
    const brief = bayEvents('brief');
    await fixture.happen(brief.requested(), brief.provisioned());
    await pass(10);
    await fixture.happen(brief.deletionRequested(), brief.deleted());
    await pass(180);
    await fixture.happen(bayEvents('later').requested());
    fixture.notifier([sink]);
    await fixture.settled('memory');
    expect(exists('brief')).toMatchObject([{ duration: 600, node_seconds: 1_800, state: 'DELETE_COMPLETE', deleted_at: '2026-07-21T10:25:00.000000', audit_period_ending: '2026-07-21 11:00:00' }]);
  });
  it('tell of a node group that went inside one', async () => {
    const grown = bayEvents('grown');
    await fixture.happen(grown.requested(), grown.provisioned(), grown.groupRequested('gpu', 2), grown.groupCreated('gpu', 2));
    await pass(10);
    await fixture.happen(grown.groupDeletionRequested('gpu', 2));
    await pass(1);
    await fixture.happen(grown.groupDeleted('gpu'));
    await pass(60);
    await fixture.happen(grown.health('HEALTHY'));
    fixture.notifier([sink]);
    await fixture.settled('memory');
    const gpu = sink.of('magnum.nodegroup.exists').map(({ payload }) => payload).filter(({ display_name: name }) => name === 'gpu');
    expect(gpu).toMatchObject([{ duration: 660, node_seconds: 1_200, deleted_at: '2026-07-21T10:26:00.000000', cluster_id: bayIdOf('grown') }]);
  });
  it('end by the clock where nothing happens, a little after their end', async () => {
    const idle = bayEvents('idle');
    await fixture.happen(idle.requested(), idle.provisioned());
    fixture.notifier([sink]);
    await fixture.settled('memory');
    await pass(45);
    expect(exists('idle')).toEqual([]);
    await fixture.clock.advance(20_000);
    await fixture.settled('memory');
    expect(exists('idle')).toMatchObject([{ audit_period_ending: '2026-07-21 11:00:00', duration: 2_700 }]);
    expect(sink.of('telemetry.polling').slice(2).map(({ timestamp }) => timestamp.slice(11, 16))).toEqual(['10:20', '10:25', '10:30', '10:35', '10:40', '10:45', '10:50', '10:55', '11:00']);
  });
  it('come late, but all and in order, after the notifier was away', async () => {
    const bay = bayEvents('patient');
    const before = fixture.notifier([sink]);
    await fixture.happen(bay.requested(), bay.provisioned());
    await fixture.settled('memory');
    await before.stop();
    await pass(5 * 60 + 1);
    const back = new MemorySink();
    fixture.notifier([back]);
    await fixture.until(() => back.of('telemetry.polling').length === 60, 100);
    expect(back.of('magnum.cluster.exists').map(({ payload }) => payload['audit_period_ending'])).toEqual([11, 12, 13, 14, 15].map((hour) => `2026-07-21 ${hour}:00:00`));
    expect(back.of('telemetry.polling')).toHaveLength(60);
  });
  it('of a sink that is used for the first time begin now, unless it was told otherwise', async () => {
    const old = bayEvents('old');
    await fixture.happen(old.requested(), old.provisioned());
    await pass(3 * 60);
    fixture.notifier([sink], { notifierStart: 'now' });
    await fixture.settled('memory');
    await fixture.happen(old.resizeRequested(5));
    await fixture.settled('memory');
    await pass(60);
    await fixture.settled('memory');
    expect(sink.received.filter(({ event_type: type }) => type.endsWith('.start')).map(({ event_type: type }) => type)).toEqual(['magnum.cluster.resize.start', 'magnum.nodegroup.update.start']);
    expect(exists('old')).toMatchObject([{ audit_period_ending: '2026-07-21 14:00:00', duration: 3_600, node_seconds: 45 * 60 * 5 + 15 * 60 * 3 }]);
  });
  it('wait for nobody: a sink that is away does not keep another from them', async () => {
    const [away, there] = [new MemorySink('away'), new MemorySink('there')];
    away.isAway = true;
    fixture.notifier([away, there]);
    await fixture.happen(bayEvents('one').requested());
    await fixture.settled('there');
    await pass(50);
    expect(there.of('magnum.cluster.exists')).toHaveLength(1);
    await fixture.clock.advance(5_000);
    expect(await fixture.metrics.text()).toMatch(/jeroboam_notifier_lag_events\{sink="away"\} 1\n/);
    expect(await fixture.metrics.text()).toMatch(/jeroboam_notifier_lag_events\{sink="there"\} 0\n/);
    away.isAway = false;
    await fixture.settled('away', 1_000);
    await fixture.clock.advance(30_000);
    expect(away.messages.map(({ text }) => text)).toEqual(there.messages.map(({ text }) => text));
  });
});

describe('what a log says', () => {
  it('is the same, byte for byte, whether it was followed as it grew or is read later', async () => {
    const fixture = await FeedFixture.open();
    const [live, later] = [new MemorySink('live'), new MemorySink('later')];
    fixture.notifier([live]);
    await happenAtRandom(fixture.log, fixture.clock, { seed: 7, events: 300, bays: 8, stepMs: 5 * MINUTE });
    await fixture.settled('live');
    await fixture.clock.advance(2 * HOUR);
    fixture.notifier([later]);
    await fixture.settled('later');
    await fixture.clock.advance(10 * MINUTE);
    await fixture.until(() => later.messages.length >= live.messages.length);
    expect(later.messages.length).toBeGreaterThan(1_000);
    expect(later.messages.map(({ text }) => text)).toEqual(live.messages.map(({ text }) => text));
    await fixture.close();
  });
  it('adds up: seconds of all audit periods are those between creation and deletion', async () => {
    const fixture = await FeedFixture.open();
    const sink = new MemorySink();
    await happenAtRandom(fixture.log, fixture.clock, { seed: 11, events: 400, bays: 5, stepMs: 10 * MINUTE });
    fixture.notifier([sink]);
    await fixture.settled('memory');
    const seconds = Map.groupBy(sink.of('magnum.cluster.exists'), ({ payload }) => payload['resource_id']);
    const ended = sink.of('magnum.cluster.delete.end').map(({ payload }) => payload).filter(({ deleted_at: at }) => String(at) < fixture.clock.now().toISOString().slice(0, 13));
    expect(ended.length).toBeGreaterThan(20);
    for (const { resource_id: id, created_at: from, deleted_at: to } of ended) {
      const life = (Date.parse(`${String(to).slice(0, 23)}Z`) - Date.parse(`${String(from).slice(0, 23)}Z`)) / 1_000;
      expect((seconds.get(id) ?? []).reduce((sum, { payload }) => sum + Number(payload['duration']), 0)).toBeCloseTo(life, 3);
    }
    expect(samplesIn(sink.of('telemetry.polling').at(-1)!.payload).every(({ counter_volume: volume }) => Number(volume) >= 0)).toBe(true);
    await fixture.close();
  });
});
