import { Described, json } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, listOf, mapOf, named, nullable, object } from '../openapi/schema.ts';
import { DRIVER_STATE } from './driver-state.type.ts';

const LABELS_SCHEMA = { type: 'object', description: 'JSON Schema of labels; empty: it takes any.' } as const;

const DRIVER = named('Driver', object({
  name: TEXT,
  version: TEXT,
  description: TEXT,
  state: TEXT,
  provides: listOf(object({ server_type: TEXT, os: TEXT, coe: TEXT })),
  template_versions: listOf(object({
    version: TEXT, digest: { ...nullable(TEXT), description: 'SHA-256 of what it holds; null where the driver has no template.' },
    default_labels: mapOf(TEXT), reversible_to: nullable(TEXT),
  })),
  capabilities: object({
    operations: listOf(TEXT),
    network_drivers: listOf(TEXT),
    volume_drivers: listOf(TEXT),
    storage_drivers: listOf(TEXT),
    plugins: listOf(object({
      kind: TEXT, name: TEXT, coes: { ...listOf(TEXT), description: 'None: all that the driver makes clusters of.' }, experimental: BOOLEAN,
      labels_schema: LABELS_SCHEMA, needs_credential: listOf(TEXT),
    })),
    labels_schema: LABELS_SCHEMA,
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
  change: {
    summary: 'Change the state of a driver', description: 'By an object, not a patch. Retiring is refused while clusters live that were made with it.',
    body: { name: 'DriverState', type: DRIVER_STATE }, answers: { 200: json(DRIVER, 'It is changed.') }, refusals: [404, 409],
  },
});
