import { AsyncLocalStorage } from 'node:async_hooks';
import { MAX_MESSAGE_BYTES } from './envelope.ts';
import { MessageTimeout, MessagingUnavailable, NoHandler } from './errors.ts';
import type { Respond, Served, Wire } from './wire.ts';

/** Who handles what in this process. */
export class InProcessBus {
  private readonly handlers = new Map<string, Respond[]>();

  /** The handler whose turn it is; the others come first next time. */
  next(subject: string): Respond | undefined {
    const handlers = this.handlers.get(subject);
    if (!handlers || handlers.length < 2) return handlers?.[0];
    const first = handlers.shift()!;
    handlers.push(first);
    return first;
  }

  add(subject: string, respond: Respond): void {
    this.handlers.set(subject, [...(this.handlers.get(subject) ?? []), respond]);
  }

  remove(subject: string, respond: Respond): void {
    const rest = (this.handlers.get(subject) ?? []).filter((other) => other !== respond);
    if (rest.length > 0) this.handlers.set(subject, rest);
    else this.handlers.delete(subject);
  }
}

/**
 * Joins senders and handlers of one process. Bodies are text here too, so that both sides never share an object, and a
 * handler runs outside the sender's async context, as it would on another machine.
 */
export class InProcessWire implements Wire {
  private readonly outside = AsyncLocalStorage.snapshot();
  private closed = false;

  constructor(private readonly bus: InProcessBus) {}

  request(subject: string, body: string, timeoutMs: number): Promise<string> {
    if (this.closed) return Promise.reject(closed());
    const respond = this.bus.next(subject);
    if (!respond) return Promise.reject(new NoHandler(subject));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new MessageTimeout(subject, timeoutMs)), timeoutMs);
      const settle = (answer: string): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      // Through the event loop, never straight through: a chain of messages must not keep timers and sockets waiting.
      this.outside(() => setImmediate(() => void respond(subject, body).then(settle, reject)));
    });
  }

  serve(subjects: readonly string[], respond: Respond, signal: AbortSignal): Promise<Served> {
    if (this.closed || signal.aborted) return Promise.reject(closed());
    for (const subject of subjects) this.bus.add(subject, respond);
    return Promise.resolve({
      stop: () => {
        for (const subject of subjects) this.bus.remove(subject, respond);
        // What was sent before this moment waits in the event loop; it is handled still.
        return nextTurn();
      },
      flush: nextTurn,
    });
  }

  maxBytes(): number {
    return MAX_MESSAGE_BYTES;
  }

  check(): void {
    if (this.closed) throw closed();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function closed(): MessagingUnavailable {
  return new MessagingUnavailable('it is closed');
}
