import type { Msg, Subscription } from '@nats-io/transport-node';
import { MAX_MESSAGE_BYTES } from './envelope.ts';
import { MessageTimeout, MessagingUnavailable, NoHandler } from './errors.ts';
import { NatsLink, type NatsLinkOptions } from './nats-link.ts';
import type { Respond, Served, Wire } from './wire.ts';

export interface NatsWireOptions extends NatsLinkOptions {
  readonly queueGroup: string;
}

/** How long closing waits for the server to confirm, in milliseconds; it does at once or is gone. */
const FAREWELL_MS = 2_000;

/** Requests and replies over NATS: patterns are subjects, instances of a service share a queue group. */
export class NatsWire implements Wire {
  private readonly link: NatsLink;

  constructor(private readonly options: NatsWireOptions) {
    this.link = new NatsLink(options);
  }

  async request(subject: string, body: string, timeoutMs: number): Promise<string> {
    const begunAt = performance.now();
    // Waited for here and not in the client's buffer: what is refused must never be sent later.
    const connection = this.link.current ?? (await this.link.use({ timeoutMs: Math.min(timeoutMs, this.options.connectTimeoutMs) }));
    const leftMs = Math.max(1, timeoutMs - (performance.now() - begunAt));
    try {
      const answer = await connection.request(subject, body, { timeout: leftMs });
      return answer.string();
    } catch (error) {
      throw translated(error, subject, timeoutMs);
    }
  }

  async serve(subjects: readonly string[], respond: Respond, signal: AbortSignal): Promise<Served> {
    let subscriptions: Subscription[] = [];
    const queue = this.options.queueGroup;
    const leave = this.link.onConnection((connection) => {
      subscriptions = subjects.map((subject) =>
        connection.subscribe(subject, { queue, callback: (error, message) => this.take(subject, respond, error, message) }),
      );
    });
    try {
      const connection = await this.link.use({ signal });
      // The server knows of the subscriptions when it has answered: from here on nobody is told that there is no handler.
      await connection.flush();
    } catch (error) {
      leave();
      throw error;
    }
    return {
      stop: async () => {
        leave();
        if (this.link.current) await bounded(Promise.all(subscriptions.map((subscription) => subscription.drain())));
        else for (const subscription of subscriptions) subscription.unsubscribe();
      },
      flush: async () => {
        if (this.link.current) await bounded(this.link.current.flush());
      },
    };
  }

  maxBytes(): number {
    return Math.min(MAX_MESSAGE_BYTES, this.link.current?.info?.max_payload ?? MAX_MESSAGE_BYTES);
  }

  check(): void {
    if (!this.link.current) throw new MessagingUnavailable(`no connection to ${this.options.servers.join(', ')}`);
  }

  close(): Promise<void> {
    return this.link.close();
  }

  private take(subject: string, respond: Respond, error: Error | null, message: Msg): void {
    if (error) return this.options.logger.error('nats subscription failed', { subject, error });
    // Without anyone waiting for the answer it is no message of ours, and nobody would hear of its failure.
    if (!message.reply) return this.options.logger.warn('message without reply subject ignored', { subject });
    respond(subject, message.string())
      .then((answer) => message.respond(answer))
      // The sender hears of it by its timeout.
      .catch((cause: unknown) => this.options.logger.warn('answer could not be sent', { subject, error: cause }));
  }
}

/** Waits for a farewell, but not for ever: the server may go away meanwhile, and then there is nobody to wait for. */
async function bounded(farewell: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  farewell.then(
    () => resolve(),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}

/** By name, not by class: the classes belong to a module that is loaded late. */
function translated(error: unknown, subject: string, timeoutMs: number): unknown {
  if (!(error instanceof Error)) return error;
  const { cause } = error;
  const names = [error.name, cause instanceof Error ? cause.name : ''];
  if (names.includes('NoResponders')) return new NoHandler(subject);
  if (names.includes('TimeoutError')) return new MessageTimeout(subject, timeoutMs, { cause: error });
  if (names.includes('PermissionViolationError'))
    return new MessagingUnavailable(`this client may not send to ${subject}`, { cause: error });
  // Refused before anything left.
  if (names.includes('ClosedConnectionError') || names.includes('DrainingConnectionError'))
    return new MessagingUnavailable('the connection is closed', { cause: error });
  // Broken off after it left: as with a timeout, nobody knows.
  if (names.includes('RequestError')) return new MessageTimeout(subject, timeoutMs, { cause: error });
  return error;
}
