import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/error.ts';
import type { DomainEvent } from '../kernel/event.ts';

/** What was answered to the request that came first under a key. */
export interface KeptAnswer {
  readonly status: number;
  /** Lower case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where the answer had none. */
  readonly body: string;
}

export type IdempotencyCommand =
  | Command<'TakeIdempotencyKey', { fingerprint: string }>
  | Command<'KeepAnswer', { answer: KeptAnswer }>;

export type IdempotencyEvent =
  /** A request became a command under this key. `fingerprint` is a digest of verb, path, query and body. */
  | DomainEvent<'IdempotencyKeyTaken', 1, { fingerprint: string }>
  /** What the request was answered with once it was accepted. Nothing that is secret is kept so. */
  | DomainEvent<'AnswerKept', 1, { answer: KeptAnswer }>;

export type IdempotencyState = Readonly<
  | { phase: 'free' }
  | { phase: 'taken'; fingerprint: string }
  | { phase: 'answered'; fingerprint: string; answer: KeptAnswer }
>;

/** A key stands for one request, for good. */
export class IdempotencyKeyReused extends DomainError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'unprocessable';
  constructor() {
    super('This Idempotency-Key was used for another request; a new request needs a new key.');
  }
}

/** Streams are `idempotency-<digest of project, user and key>`: the key itself is nowhere in the log. */
export const idempotencyDecider: Decider<IdempotencyState, IdempotencyCommand, IdempotencyEvent> = {
  initialState: () => ({ phase: 'free' }),
  decide(command, state) {
    switch (command.type) {
      case 'TakeIdempotencyKey': {
        const { fingerprint } = command.data;
        if (state.phase === 'free') return [{ type: 'IdempotencyKeyTaken', schemaVersion: 1, data: { fingerprint } }];
        if (state.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
        return [];
      }
      case 'KeepAnswer':
        // The first answer counts; a key that nobody took has none.
        return state.phase === 'taken' ? [{ type: 'AnswerKept', schemaVersion: 1, data: { answer: command.data.answer } }] : [];
      default: return unreachable(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'IdempotencyKeyTaken': return { phase: 'taken', fingerprint: event.data.fingerprint };
      case 'AnswerKept': return state.phase === 'free' ? state : { phase: 'answered', fingerprint: state.fingerprint, answer: event.data.answer };
    }
  },
};
