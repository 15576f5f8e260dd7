import { FeedFixture } from '../testing/feed-fixture.ts';
import { bayEvents, groupOf } from '../testing/history.ts';
import { MemorySink, samplesIn } from '../testing/memory-sink.ts';

describe('samples of a node group', () => {
  it('end with a 0 when it goes, which says when it was made and when it went', async () => {
    const fixture = await FeedFixture.open('2026-07-21T10:01:00.000Z');
    const sink = new MemorySink();
    const bay = bayEvents('b');
    await fixture.happen(bay.requested(), bay.provisioned());
    await fixture.clock.advance(60_000);
    await fixture.happen(bay.groupRequested('gpu', 2), bay.groupCreated('gpu', 2));
    await fixture.clock.advance(60_000);
    await fixture.happen(bay.groupDeletionRequested('gpu', 2));
    await fixture.clock.advance(60_000);
    await fixture.happen(bay.groupDeleted('gpu'));
    await fixture.clock.advance(600_000);
    await fixture.happen(bay.health('HEALTHY'));
    fixture.notifier([sink]);
    await fixture.settled('memory');
    await fixture.close();
    const { nodeGroupId } = groupOf('b', 'gpu', 2);
    const samples = sink.of('telemetry.polling').flatMap(({ payload }) => samplesIn(payload)).filter(({ resource_id: id }) => id === nodeGroupId);
    expect(samples.map(({ counter_volume: volume }) => volume)).toEqual([2, 2, 0, 0]);
    expect(samples.map(({ resource_metadata: metadata }) => (metadata as Record<string, unknown>)['deleted_at'])).toEqual([undefined, undefined, undefined, '2026-07-21T10:04:00.000000']);
    expect(samples.at(-1)).toMatchObject({ timestamp: '2026-07-21T10:04:00.000+00:00', resource_metadata: { state: 'DELETE_COMPLETE', created_at: '2026-07-21T10:02:00.000000' } });
  });
});
