import { SYSTEM_ACTOR } from '@jeroboam/domain';
import type { RecordedEvent } from '@jeroboam/domain';
import { cadf } from './cadf.ts';
import type { CadfAct, Initiator } from './cadf.ts';
import { notificationId } from './notification.ts';
import type { Notification, NotificationContext, Priority } from './notification.ts';

/** What can be switched on and off by itself. */
export const KINDS = ['cadf', 'bayNames', 'lifecycle', 'exists', 'usage', 'samples', 'bayMetrics'] as const;
export type Kind = (typeof KINDS)[number];

export interface Draft extends Notification {
  readonly kind: Kind;
}

/** What a notification follows from: an event of the log, or the end of a period. */
export interface Origin {
  /** Makes the id, together with the type: the same origin gives the same id for ever. */
  readonly id: readonly (string | number)[];
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly context: NotificationContext;
  readonly initiator: Initiator;
}

interface Owner {
  readonly projectId: string;
  readonly userId: string;
}

/** What the service does by itself, it does on behalf of the owner: a bill needs a name. */
export function originOf({ stream, revision, occurredAt, actor, requestId }: RecordedEvent, owner: Owner): Origin {
  const isSystem = actor.userId === SYSTEM_ACTOR.userId;
  return {
    id: [stream, revision], at: occurredAt, initiator: isSystem ? owner : actor,
    context: { ...owner, requestId, roles: isSystem ? [] : actor.roles },
  };
}

export interface DraftOptions {
  readonly kind: Kind;
  readonly eventType: string;
  /** @default INFO, ERROR for a failure */
  readonly priority?: Priority;
  readonly act: CadfAct;
  /** Flat keys beside the CADF ones. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Tells several of one type and origin apart. */
  readonly of?: string;
}

/** A notification whose payload is a CADF event with flat keys beside it. */
export function draft(origin: Origin, { kind, eventType, priority, act, keys, of }: DraftOptions): Draft {
  const messageId = notificationId(...origin.id, eventType, ...(of === undefined ? [] : [of]));
  return {
    kind, messageId, eventType, priority: priority ?? (act.outcome === 'failure' ? 'ERROR' : 'INFO'), at: origin.at, context: origin.context,
    payload: { ...cadf(messageId, origin.at, origin.initiator, act), ...keys },
  };
}
