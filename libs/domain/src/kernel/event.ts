/** Who caused an event. `userId` is `system` for what the service decides by itself (deadlines, retries). */
export interface Actor {
  readonly userId: string;
  readonly projectId: string;
  readonly roles: readonly string[];
}

export const SYSTEM_ACTOR: Actor = { userId: 'system', projectId: 'system', roles: [] };

/** A fact of the business: `type` in past tense, `data` plain JSON, `schemaVersion` raised whenever old data would not read as new. */
export interface DomainEvent<T extends string = string, V extends number = number, D = unknown> {
  readonly type: T;
  readonly schemaVersion: V;
  readonly data: D;
}

/** Place in the whole log: opaque, but ordered as strings are (`<`). Adapters number differently. */
export type Position = string;

/** The circumstances of one command, carried unchanged into every event that follows from it. */
export interface EventContext {
  readonly actor: Actor;
  /** `req-<uuid>` of the HTTP request at the root of it all. */
  readonly requestId: string;
  /** Id of the command that was decided; the same command again must not add events. */
  readonly commandId: string;
  /** The same for everything that follows from one request: the operation id where there is one. */
  readonly correlationId: string;
  /** Id of the event or command that directly led here; null at a root. */
  readonly causationId: string | null;
  readonly driver?: { readonly name: string; readonly version: string };
  readonly templateVersion?: string;
}

/** An event on its way into the log. `eventId` is a UUID chosen by the writer: writing it twice writes it once. */
export interface NewEvent extends DomainEvent, EventContext {
  readonly eventId: string;
  /** When it happened, RFC 3339 UTC with milliseconds. */
  readonly occurredAt: string;
}

/** An event as the log keeps it. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** 0-based place in its stream, without gaps. */
  readonly revision: number;
  readonly position: Position;
  /** When the log took it, RFC 3339 UTC with milliseconds. */
  readonly recordedAt: string;
  /** Hex SHA-256 of the stream's event before this one; 64 zeros for the first. */
  readonly prevHash: string;
  /** Hex SHA-256 over `prevHash` and the stored bytes of this event. */
  readonly hash: string;
}

/** Category of a stream: the part of its name before the first `-` (`bay-1f…` is in `bay`). */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}
