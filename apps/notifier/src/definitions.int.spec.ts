import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { FeedFixture } from './testing/feed-fixture.ts';
import { bayEvents } from './testing/history.ts';
import { MemorySink, samplesIn } from './testing/memory-sink.ts';

const FOLDER = join(import.meta.dirname, '../../../infra/ceilometer');
const READER = join(import.meta.dirname, 'testing/definitions.py');

interface Placed {
  readonly resource_type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const ENDS = /^2026-07-21T10:00:05/;

describe('the definitions for Gnocchi', () => {
  it('have a place for every sample, with the attributes that a price depends on, and begin and end a resource when the thing did', async () => {
    const fixture = await FeedFixture.open();
    const sink = new MemorySink();
    const bay = bayEvents('b');
    await fixture.happen(bay.requested(), bay.provisioned(), bay.health('HEALTHY'), bay.deletionRequested());
    await fixture.clock.advance(5_000);
    await fixture.happen(bay.deleted());
    fixture.notifier([sink]);
    await fixture.settled('memory');
    await fixture.close();
    // As Ceilometer calls them from here on.
    const samples = sink.of('telemetry.polling').flatMap(({ payload }) => samplesIn(payload)).map((sample) => ({ name: String(sample['counter_name']), resource_metadata: sample['resource_metadata'] }));
    expect(new Set(samples.map(({ name }) => name)).size).toBe(5);
    const placed = JSON.parse(execFileSync('/usr/bin/python3', [READER, FOLDER], { input: JSON.stringify(samples), encoding: 'utf8' })) as readonly Placed[];
    for (const [at, { name }] of samples.entries()) {
      const { resource_type: type, attributes } = placed[at]!;
      expect(type).toBe(name.startsWith('magnum.nodegroup') ? 'magnum_nodegroup' : 'magnum_cluster');
      expect(attributes).toMatchObject({ flavor_id: expect.stringMatching(/^m1\./), state: expect.any(String), display_name: expect.any(String), started_at: '2026-07-21T10:00:00.000000' });
      // What is there has no end at all: Gnocchi would refuse an empty one.
      expect('ended_at' in attributes).toBe(attributes['state'] === 'DELETE_COMPLETE');
      if ('ended_at' in attributes) expect(attributes['ended_at']).toMatch(ENDS);
    }
    expect(placed.filter(({ attributes }) => 'ended_at' in attributes).map(({ resource_type: type }) => type).toSorted()).toEqual(['magnum_cluster', 'magnum_cluster', 'magnum_cluster', 'magnum_nodegroup', 'magnum_nodegroup']);
  });
});
