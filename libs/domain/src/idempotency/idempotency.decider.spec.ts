import { deciderSpec } from '../testing/decider-spec.ts';
import { idempotencyDecider, type IdempotencyEvent } from './idempotency.decider.ts';

const key = deciderSpec(idempotencyDecider);
const metadata = { now: '2026-11-23T12:00:00.000Z' };
const take = (fingerprint: string) => ({ type: 'TakeIdempotencyKey', metadata, data: { fingerprint } }) as const;
const keep = (uuid: string) => ({ type: 'KeepAnswer', metadata, data: { answer: { status: 202, headers: {}, body: uuid } } }) as const;
const taken: IdempotencyEvent = { type: 'IdempotencyKeyTaken', schemaVersion: 1, data: { fingerprint: 'one' } };
const kept = (uuid: string): IdempotencyEvent => ({ type: 'AnswerKept', schemaVersion: 1, data: { answer: { status: 202, headers: {}, body: uuid } } });

describe('an idempotency key', () => {
  it('is taken by the first request', () => {
    key.given().when(take('one')).then(taken);
  });
  it('is that request’s for good', () => {
    key.given(taken).when(take('one')).thenNothing();
    key.given(taken, kept('a')).when(take('one')).thenNothing();
  });
  it('is refused to any other request', () => {
    key.given(taken).when(take('other')).thenRefused('IDEMPOTENCY_KEY_REUSED');
    key.given(taken, kept('a')).when(take('other')).thenRefused('IDEMPOTENCY_KEY_REUSED');
  });
  it('keeps the first answer and no later one', () => {
    key.given(taken).when(keep('a')).then(kept('a'));
    key.given(taken, kept('a')).when(keep('b')).thenNothing();
    key.given().when(keep('a')).thenNothing();
  });
});
