import { LONGEST_TEXT } from './notification.ts';
import type { Notification } from './notification.ts';

// One value of the wrong kind loses a whole event at Ceilometer, and with `ack_on_event_error = False` goes round there
// for ever. So everything is checked before it leaves.

const NUMBERS = new Set([
  'node_count', 'master_count', 'old_node_count', 'docker_volume_size', 'min_node_count', 'max_node_count', 'sequence', 'schema_version',
  'duration', 'node_seconds', 'master_seconds', 'previous_state_seconds', 'hard_limit', 'seconds',
]);
const MOMENTS = new Set(['created_at', 'updated_at', 'launched_at', 'deleted_at', 'state_entered_at', 'not_after', 'audit_period_beginning', 'audit_period_ending', 'from', 'to']);
const OBJECTS = new Set(['labels', 'metadata', 'state_durations', 'observer', 'initiator', 'target', 'reason', 'node_group']);
const LISTS = new Set(['metrics', 'samples', 'node_groups']);
const NEEDED = ['tenant_id', 'project_id', 'user_id', 'resource_id'];
/** Without any one of them Ceilometer loses the whole message. */
const NEEDED_OF_SAMPLES = ['counter_name', 'counter_type', 'counter_unit', 'user_id', 'project_id', 'resource_id', 'timestamp', 'source', 'message_id'];
const COUNTER_TYPES = ['gauge', 'delta', 'cumulative'];
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?$/;
const EVENT_TYPE = /^[a-z]+(\.[a-z_]+)+$/;

/** @returns everything that is wrong with it; nothing: it may be sent. */
export function problemsOf({ eventType, messageId, at, payload }: Notification): readonly string[] {
  const problems: string[] = [];
  if (!EVENT_TYPE.test(eventType)) problems.push(`event type ${eventType} is none`);
  if (!isText(messageId)) problems.push('it has no id');
  if (!isMoment(at)) problems.push(`${at} is no moment`);
  if ('samples' in payload) return [...problems, ...sampleProblems(payload['samples'])];
  const needed = 'metrics' in payload ? NEEDED.filter((key) => key !== 'tenant_id') : NEEDED;
  for (const key of needed) if (!isText(payload[key])) problems.push(`${key} is missing`);
  for (const [key, value] of Object.entries(payload)) if (!isSound(key, value)) problems.push(`${key} cannot be ${JSON.stringify(value)}`);
  if ('metrics' in payload) problems.push(...metricProblems(payload['metrics']));
  return problems;
}

function isSound(key: string, value: unknown): boolean {
  if (value === null) return true;
  if (NUMBERS.has(key)) return typeof value === 'number' && Number.isFinite(value);
  if (MOMENTS.has(key)) return value === '' || isMoment(value);
  if (OBJECTS.has(key)) return typeof value === 'object' && !Array.isArray(value);
  if (LISTS.has(key)) return Array.isArray(value);
  return typeof value === 'string' && value.length <= LONGEST_TEXT * 2 && Array.from(value).length <= LONGEST_TEXT;
}

function sampleProblems(samples: unknown): string[] {
  if (!Array.isArray(samples) || samples.length === 0) return ['it has no samples'];
  return (samples as Record<string, unknown>[]).flatMap((sample) => {
    const name = String(sample['counter_name']);
    const missing = NEEDED_OF_SAMPLES.filter((key) => !isText(sample[key])).map((key) => `sample ${name} has no ${key}`);
    const volume = sample['counter_volume'];
    return [
      ...missing,
      ...(typeof volume === 'number' && Number.isFinite(volume) ? [] : [`sample ${name} has the volume ${JSON.stringify(volume)}`]),
      ...(COUNTER_TYPES.includes(String(sample['counter_type'])) ? [] : [`sample ${name} is of no known type`]),
      ...(isMoment(sample['timestamp']) ? [] : [`sample ${name} has no moment`]),
      ...(typeof sample['resource_metadata'] === 'object' && sample['resource_metadata'] !== null ? [] : [`sample ${name} has no metadata`]),
    ];
  });
}

function metricProblems(metrics: unknown): string[] {
  const sound = Array.isArray(metrics) && metrics.length > 0 && (metrics as Record<string, unknown>[]).every(({ name, unit, value }) => isText(name) && isText(unit) && Number.isFinite(value));
  return sound ? [] : ['a metric lacks its name, unit or value'];
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function isMoment(value: unknown): boolean {
  return typeof value === 'string' && MOMENT.test(value) && !Number.isNaN(Date.parse(value.replace(' ', 'T')));
}
