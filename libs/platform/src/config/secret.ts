import { inspect } from 'node:util';

export const REDACTED = '[redacted]';

/**
 * A value that must not be shown. Printing it in any way (JSON, inspection, a template string) gives `[redacted]`;
 * only `reveal` gives the value, so that every place that uses it can be found.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
