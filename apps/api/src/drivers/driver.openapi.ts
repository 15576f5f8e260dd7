import { Described, json } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, listOf, named, nullable, object } from '../openapi/schema.ts';

const DRIVER = named('Driver', object({
  name: TEXT,
  version: TEXT,
  description: TEXT,
  state: TEXT,
  provides: listOf(object({ server_type: TEXT, os: TEXT, coe: TEXT })),
  template_versions: listOf(TEXT),
  capabilities: object({
    operations: listOf(TEXT),
    network_drivers: listOf(TEXT),
    volume_drivers: listOf(TEXT),
    storage_drivers: listOf(TEXT),
    server_types: listOf(TEXT),
    runtime_classes: listOf(TEXT),
    master_counts: listOf(INTEGER),
    max_nodes: INTEGER,
    limitations: listOf(TEXT),
  }),
  digest: { ...TEXT, pattern: '^[0-9a-f]{64}$' },
  available: { ...nullable(BOOLEAN), description: 'Whether it can work here; null where no executor has answered.' },
  missing: listOf(object({ what: TEXT, reason: TEXT, package: nullable(TEXT) })),
}, {
  sunset: { ...TEXT, format: 'date', description: 'Only of one that goes: from this day on it makes no new clusters.' },
}));

export const DriversDescribed = Described({
  list: { summary: 'List the drivers there are', answers: { 200: json(listOf(DRIVER)) } },
  show: { summary: 'Show a version of a driver', answers: { 200: json(DRIVER) } },
});
