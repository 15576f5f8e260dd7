import type { Logger } from '@jeroboam/platform';

/** Says once that something does not work and once that it does again, however often it is tried. */
export class Complaints {
  readonly #open = new Set<string>();

  constructor(private readonly log: Logger) {}

  /** @param key what it is about; the same one is silent until it is `settled`. */
  complain(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#open.has(key)) return;
    this.#open.add(key);
    this.log.warn(message, fields);
  }

  settled(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#open.delete(key)) this.log.info(message, fields);
  }

  forget(key: string): void {
    this.#open.delete(key);
  }
}
