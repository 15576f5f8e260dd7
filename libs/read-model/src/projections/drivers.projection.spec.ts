import type { DriverEvent } from '@jeroboam/domain';
import { driversProjection } from './drivers.projection.ts';
import { ProjectedDocuments, momentOf, recorded } from './projected-documents.fixture.ts';

const of = { name: 'heat_swarm', version: '1.2.0' };
const TEMPLATE = { version: '1.0.0', digest: 'a'.repeat(64) };
const events: readonly DriverEvent[] = [
  { type: 'TemplatesPublished', schemaVersion: 1, data: { ...of, templates: [TEMPLATE] } },
  { type: 'DriverStateChanged', schemaVersion: 1, data: { ...of, from: 'active', state: 'deprecated' } },
  { type: 'TemplatesPublished', schemaVersion: 1, data: { ...of, version: '1.3.0', templates: [TEMPLATE] } },
];

describe('the documents of drivers', () => {
  it('hold the templates and the state of each version', async () => {
    const documents = await new ProjectedDocuments(driversProjection).apply(...recorded('driver-heat_swarm', events));
    expect(documents.all()).toEqual({
      'drivers/heat_swarm@1.2.0': {
        id: 'heat_swarm@1.2.0', ...of, state: 'deprecated', stateChangedBy: 'u1', stateChangedAt: momentOf(2), templates: [TEMPLATE],
      },
      'drivers/heat_swarm@1.3.0': {
        id: 'heat_swarm@1.3.0', ...of, version: '1.3.0', state: null, stateChangedBy: null, stateChangedAt: null, templates: [TEMPLATE],
      },
    });
  });

  it('are the same when events come again', async () => {
    const once = await new ProjectedDocuments(driversProjection).apply(...recorded('driver-heat_swarm', events));
    const twice = await new ProjectedDocuments(driversProjection).apply(...recorded('driver-heat_swarm', events), ...recorded('driver-heat_swarm', events));
    expect(twice.all()).toEqual(once.all());
  });
});
