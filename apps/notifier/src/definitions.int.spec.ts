import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { FeedFixture } from './testing/feed-fixture.ts';
import { bayEvents } from './testing/history.ts';
import { MemorySink, samplesIn } from './testing/memory-sink.ts';

const FOLDER = join(import.meta.dirname, '../../../infra/ceilometer');
const READER = join(import.meta.dirname, 'testing/definitions.py');

interface Placed {
  readonly samples: readonly { readonly resource_type: string; readonly attributes: Readonly<Record<string, string>> }[];
  readonly events: readonly (readonly string[])[];
}

describe('the definitions for Gnocchi', () => {
  it('have a place for every sample, with the attributes that a price depends on, and end a resource with its deletion', async () => {
    const fixture = await FeedFixture.open();
    const sink = new MemorySink();
    const bay = bayEvents('b');
    await fixture.happen(bay.requested(), bay.provisioned(), bay.health('HEALTHY'), bay.deletionRequested(), bay.deleted());
    fixture.notifier([sink]);
    await fixture.settled('memory');
    await fixture.close();
    // As Ceilometer calls them from here on.
    const samples = sink.of('telemetry.polling').flatMap(({ payload }) => samplesIn(payload)).map((sample) => ({ name: String(sample['counter_name']), resource_metadata: sample['resource_metadata'] }));
    expect(new Set(samples.map(({ name }) => name)).size).toBe(5);
    const events = ['magnum.cluster.delete.end', 'magnum.nodegroup.delete.end', 'magnum.cluster.delete.start'];
    const placed = JSON.parse(execFileSync('/usr/bin/python3', [READER, FOLDER], { input: JSON.stringify({ samples, events }), encoding: 'utf8' })) as Placed;
    for (const [at, { name }] of samples.entries()) {
      const { resource_type: type, attributes } = placed.samples[at]!;
      expect(type).toBe(name.startsWith('magnum.nodegroup') ? 'magnum_nodegroup' : 'magnum_cluster');
      expect(attributes).toMatchObject({ flavor_id: expect.stringMatching(/^m1\./), state: expect.any(String), display_name: expect.any(String) });
    }
    expect(placed.events).toEqual([['magnum_cluster'], ['magnum_nodegroup'], []]);
  });
});
