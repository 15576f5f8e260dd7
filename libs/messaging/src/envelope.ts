import { isDomainError, type ErrorKind, type ErrorShape } from '@jeroboam/domain';
import { HandlerFailed, MessageMalformed, MessageTooLarge, RemoteRefusal } from './errors.ts';
import type { Message, MessageContext } from './message.ts';

/**
 * What either bus carries at most, in bytes of UTF-8. NATS servers refuse more than 1 MiB unless told otherwise; the
 * bus in process refuses the same, so that nothing works there that would fail on NATS.
 */
export const MAX_MESSAGE_BYTES = 1_000_000;

type Answer = { readonly reply?: unknown } | { readonly refusal: ErrorShape } | { readonly failed: true };

const KINDS: Record<ErrorKind, true> = { invalid: true, forbidden: true, 'not-found': true, conflict: true, unprocessable: true, unavailable: true };

export function encodeMessage(message: Message<unknown>): string {
  return JSON.stringify({ context: message.context, payload: message.payload });
}

/** @throws {MessageMalformed} for what no sender of ours wrote. */
export function decodeMessage(pattern: string, body: string): Message<unknown> {
  const message = parse(pattern, body);
  if (!isRecord(message) || !isContext(message['context'])) throw new MessageMalformed(pattern, 'it has no context');
  return { payload: message['payload'], context: message['context'] };
}

export function encodeReply(pattern: string, reply: unknown, maxBytes: number): string {
  const body = JSON.stringify({ reply } satisfies Answer);
  requireSize(pattern, 'answer', body, maxBytes);
  return body;
}

/** A refusal keeps its code, kind, message and details; of anything else only the fact remains. */
export function encodeFailure(error: unknown, maxBytes: number): string {
  if (isDomainError(error) && error.kind in KINDS) {
    const { code, kind, message, details } = error;
    const body = jsonOf({ refusal: { code, kind, message, details } });
    if (body !== undefined && Buffer.byteLength(body) <= maxBytes) return body;
    return JSON.stringify({ refusal: { code, kind, message: message.slice(0, 1_000), details: {} } } satisfies Answer);
  }
  return JSON.stringify({ failed: true } satisfies Answer);
}

/** @throws what the handler refused with, or `HandlerFailed`. */
export function decodeAnswer(pattern: string, body: string): unknown {
  const answer = parse(pattern, body) as Answer;
  if ('refusal' in answer) throw new RemoteRefusal(answer.refusal);
  if ('failed' in answer) throw new HandlerFailed(pattern);
  return answer.reply;
}

/** @throws {MessageTooLarge} */
export function requireSize(pattern: string, what: 'message' | 'answer', body: string, maxBytes: number): void {
  // A UTF-16 unit takes at most three bytes of UTF-8: most bodies need no counting.
  if (body.length * 3 <= maxBytes) return;
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) throw new MessageTooLarge(pattern, what, bytes, maxBytes);
}

function parse(pattern: string, body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw new MessageMalformed(pattern, 'it is not JSON', { cause });
  }
}

/** Details may hold what JSON cannot: a refusal must arrive all the same. */
function jsonOf(answer: Answer): string | undefined {
  try {
    return JSON.stringify(answer);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isContext(value: unknown): value is MessageContext {
  if (!isRecord(value) || !isRecord(value['actor'])) return false;
  const { actor, requestId, commandId, correlationId, causationId } = value;
  const texts = [actor['userId'], actor['projectId'], requestId, commandId, correlationId];
  return (
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(actor['roles']) &&
    (causationId === null || typeof causationId === 'string')
  );
}
