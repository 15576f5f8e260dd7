import type { Message } from '../message/notification.ts';

/**
 * Where notifications go. Every adapter passes `sinkContract`.
 */
export interface Sink {
  /** Names the cursor, the metrics and the log lines; lower-case letters and digits. */
  readonly name: string;
  /**
   * Hands `messages` over in their order; two calls never overlap. When it resolves every one of them is kept by the other
   * side, as far as the other side keeps anything.
   *
   * @throws {SinkUnavailable} some of them may have arrived: the same call again, with the same messages, is right. An
   *   adapter finds its way back by itself: nobody opens it anew.
   */
  publish(messages: readonly Message[]): Promise<void>;
  /** Ends connections; a `publish` under way rejects. Harmless when the other side is away. */
  close(): Promise<void>;
}

/** The other side is away, or does not take what it is given now. The log keeps it; try again. */
export class SinkUnavailable extends Error {
  constructor(sink: string, reason: string, options?: ErrorOptions) {
    super(`The notification sink ${sink} is unavailable: ${reason}`, options);
    this.name = 'SinkUnavailable';
  }
}

/** A failure of a client library, in our words. */
export function unavailable(sink: string, cause: unknown): SinkUnavailable {
  if (cause instanceof SinkUnavailable) return cause;
  const { message, code } = cause as { message?: string; code?: unknown };
  return new SinkUnavailable(sink, message || String(code ?? cause), { cause });
}
