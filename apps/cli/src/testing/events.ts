import type { WireEvent } from '../events/wire-event.ts';

/** An event as the service sends it; name what the test is about. */
export function wireEvent(type: string, data: object, changes: Partial<WireEvent> = {}): WireEvent {
  return {
    type, schema_version: 1, stream: 'bay-b1', sequence: 0, global_position: '0000000000000001', occurred_at: '2026-01-31T12:00:00.000Z',
    actor: { user_id: 'ada', project_id: 'p1' }, request_id: 'req-1', driver: null, data: data as WireEvent['data'], ...changes,
  };
}
