import { categoryOf } from '@jeroboam/domain';
import type { Position, RecordedEvent } from '@jeroboam/domain';

/** An event as it leaves the service, under the names of the envelope (behaviour R5). `data` is as the log has it. */
export interface WireEvent {
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly stream: string;
  /** 0-based place in `stream`, without gaps. */
  readonly sequence: number;
  readonly global_position: Position;
  /** The bay it is about; null for what is about none. */
  readonly bay_uuid: string | null;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly actor: { readonly user_id: string; readonly project_id: string; readonly roles: readonly string[] };
  readonly request_id: string;
  readonly command_id: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly driver: { readonly name: string; readonly version: string } | null;
  readonly template_version: string | null;
  readonly data: unknown;
  readonly prev_hash: string;
  readonly hash: string;
}

/** Categories of the streams that tell the story of one bay; the rest of such a stream's name is the bay's id. */
export const BAY_CATEGORIES = ['bay', 'operations', 'certificates'] as const;

export function bayStreams(bayId: string): readonly string[] {
  return BAY_CATEGORIES.map((category) => `${category}-${bayId}`);
}

/** Id of the bay that a stream is about; null for a stream about none. */
export function bayOf(stream: string): string | null {
  const category = categoryOf(stream);
  return (BAY_CATEGORIES as readonly string[]).includes(category) ? stream.slice(category.length + 1) : null;
}

export function wireEvent(event: RecordedEvent): WireEvent {
  const { actor } = event;
  return {
    event_id: event.eventId,
    type: event.type,
    schema_version: event.schemaVersion,
    stream: event.stream,
    sequence: event.revision,
    global_position: event.position,
    bay_uuid: bayOf(event.stream),
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    actor: { user_id: actor.userId, project_id: actor.projectId, roles: actor.roles },
    request_id: event.requestId,
    command_id: event.commandId,
    correlation_id: event.correlationId,
    causation_id: event.causationId,
    driver: event.driver ?? null,
    template_version: event.templateVersion ?? null,
    data: event.data,
    prev_hash: event.prevHash,
    hash: event.hash,
  };
}
