import { Described, json } from '../openapi/describe.ts';
import { INTEGER, TEXT, UUID, listOf, named, nullable, object } from '../openapi/schema.ts';
import { integerArgument, textArgument } from '../wire/query.ts';
import { STREAM_ARGUMENTS } from './event-filter.ts';

/** Arguments of a bay's history. */
export const HISTORY_ARGUMENTS = { limit: integerArgument, after: textArgument };

const MOMENT = { ...TEXT, format: 'date-time' };
const HASH = { ...TEXT, pattern: '^[0-9a-f]*$' };
const EVENT = named('Event', object({
  event_id: TEXT,
  type: TEXT,
  schema_version: INTEGER,
  stream: TEXT,
  sequence: { ...INTEGER, description: 'Place in `stream`, from 0, without gaps.' },
  global_position: TEXT,
  bay_uuid: nullable(UUID),
  occurred_at: MOMENT,
  recorded_at: MOMENT,
  actor: object({ user_id: TEXT, project_id: TEXT, roles: listOf(TEXT) }),
  request_id: TEXT,
  command_id: TEXT,
  correlation_id: TEXT,
  causation_id: nullable(TEXT),
  driver: nullable(named('DriverVersion', object({ name: TEXT, version: TEXT }))),
  template_version: nullable(TEXT),
  data: { type: 'object', description: 'By `type` and `schema_version`.' },
  prev_hash: HASH,
  hash: HASH,
}));
const HISTORY = named('History', object({ cluster_uuid: UUID, events: listOf(EVENT), up_to: TEXT }, { next: TEXT }));

export const EventsDescribed = Described({
  history: {
    summary: 'Tell all that happened to a cluster', description: 'Also of one that was deleted long ago.', query: HISTORY_ARGUMENTS,
    answers: { 200: json(HISTORY) }, refusals: [409],
  },
  live: {
    summary: 'Listen to events as they happen', description: 'Server-sent events, each at least once; `Last-Event-ID` resumes.',
    query: STREAM_ARGUMENTS,
    answers: {
      200: {
        description: 'The stream of events.', content: { 'text/event-stream': TEXT },
        headers: {
          'cache-control': { description: 'Never kept.', required: true, schema: { const: 'no-store' } },
          'x-accel-buffering': { description: 'For proxies.', required: true, schema: { const: 'no' } },
        },
      },
    },
    refusals: [404, 409],
  },
});
