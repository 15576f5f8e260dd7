import type { ErrorKind } from '@jeroboam/domain';

/** Exhaustive: a new kind does not compile until it is mapped here, and it is mapped nowhere else. */
const STATUS: Record<ErrorKind, number> = {
  invalid: 400, forbidden: 403, 'not-found': 404, conflict: 409, unprocessable: 422, unavailable: 503,
};

/** HTTP status of a kind of refusal. */
export function statusOf(kind: ErrorKind): number {
  return STATUS[kind];
}
