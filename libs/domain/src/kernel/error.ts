/**
 * What sort of refusal this is; `libs/platform` maps each kind to one HTTP status, nobody else does.
 * `invalid` 400, `forbidden` 403, `not-found` 404, `conflict` 409, `unprocessable` 422, `unavailable` 503.
 */
export type ErrorKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'unprocessable' | 'unavailable';

/** Values a machine can read out of a refusal. Never a secret: details are logged and sent to clients. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A refusal with a stable, public `code` (listed in `infra/docs/errors.md`). Across packages and wires match on
 * `code`, never with `instanceof`: a refusal that came over NATS is a plain object again.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;

  constructor(
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

export interface ErrorShape {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** True for a refusal of ours, also one rebuilt from a message; false for bugs and foreign errors. */
export function isDomainError(error: unknown): error is Error & ErrorShape {
  return error instanceof Error && 'code' in error && 'kind' in error && 'details' in error;
}
