import { delay, systemTimers, type Logger, type Secret } from '@jeroboam/platform';
import type { NatsConnection, Status } from '@nats-io/transport-node';
import { MessagingUnavailable } from './errors.ts';

export interface NatsLinkOptions {
  readonly servers: readonly string[];
  readonly name: string;
  readonly token?: string | Secret;
  readonly user?: string;
  readonly password?: string | Secret;
  readonly connectTimeoutMs: number;
  readonly logger: Logger;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;
/** A server that stays away is told of once per so many milliseconds, however often it is tried. */
const COMPLAINT_INTERVAL_MS = 30_000;
/** Notices a dead peer, whose TCP connection looks alive, within twice this time. */
const PING_INTERVAL_MS = 10_000;

/**
 * A connection to NATS that is there whenever the server is: waits for one that is not up yet, comes back after one
 * that went away, and can be given up at any moment.
 */
export class NatsLink {
  private connection: NatsConnection | undefined;
  private connected = false;
  private readonly closing = new AbortController();
  private readonly users = new Set<(connection: NatsConnection) => void>();
  private readonly waiting = new Set<() => void>();
  private readonly running: Promise<void>;

  constructor(private readonly options: NatsLinkOptions) {
    this.running = this.run();
  }

  /** The connection, when it can be used right now. */
  get current(): NatsConnection | undefined {
    return this.connected ? this.connection : undefined;
  }

  /**
   * The connection, as soon as it can be used.
   * @throws {MessagingUnavailable} when the wait ends without one, or the link is closed.
   */
  async use(wait: { readonly timeoutMs: number } | { readonly signal: AbortSignal }): Promise<NatsConnection> {
    if (this.current) return this.current;
    const signal = 'signal' in wait ? wait.signal : AbortSignal.timeout(Math.ceil(wait.timeoutMs));
    await this.change(AbortSignal.any([signal, this.closing.signal]));
    if (this.current) return this.current;
    if (this.closing.signal.aborted) throw new MessagingUnavailable('it is closed');
    throw new MessagingUnavailable(`no connection to ${this.options.servers.join(', ')}`);
  }

  /** Calls `user` with the present connection and with each that ever replaces it. @returns what ends that. */
  onConnection(user: (connection: NatsConnection) => void): () => void {
    this.users.add(user);
    if (this.connection) user(this.connection);
    return () => void this.users.delete(user);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.connection?.close();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const connection = await this.dial();
      if (!connection) return;
      this.connection = connection;
      for (const user of this.users) user(connection);
      const watching = this.watch(connection);
      this.setConnected(true);
      this.options.logger.info('nats connected', { server: connection.getServer() });
      const error = await connection.closed();
      this.setConnected(false);
      await watching;
      if (!this.closing.signal.aborted) this.options.logger.error('nats connection ended for good; opening another', { error });
    }
  }

  /** Tries until a server answers; undefined when the link is closed first. */
  private async dial(): Promise<NatsConnection | undefined> {
    let complainedAt = -Infinity;
    for (let retryMs = FIRST_RETRY_MS; !this.closing.signal.aborted; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
      try {
        const connection = await this.connect();
        if (!this.closing.signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        if (performance.now() - complainedAt >= COMPLAINT_INTERVAL_MS) {
          complainedAt = performance.now();
          this.options.logger.warn('nats cannot be reached; waiting for it', { servers: this.options.servers, error });
        }
        await delay(systemTimers, retryMs, this.closing.signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  private async connect(): Promise<NatsConnection> {
    // Loaded only where NATS is used: the embedded process stays smaller.
    const { connect } = await import('@nats-io/transport-node');
    const { servers, name, user, token, password, connectTimeoutMs } = this.options;
    return connect({
      servers: [...servers],
      name,
      timeout: connectTimeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: FIRST_RETRY_MS * 2,
      pingInterval: PING_INTERVAL_MS,
      // Credentials that are refused now may be put right while we run.
      ignoreAuthErrorAbort: true,
      // A stack for every request costs more than the request.
      noAsyncTraces: true,
      ...(user === undefined ? {} : { user }),
      ...(token === undefined ? {} : { token: reveal(token) }),
      ...(password === undefined ? {} : { pass: reveal(password) }),
    });
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) this.note(status);
  }

  private note(status: Status): void {
    const { logger } = this.options;
    if (status.type === 'disconnect') {
      this.setConnected(false);
      if (!this.closing.signal.aborted) logger.warn('nats connection lost', { server: status.server });
    } else if (status.type === 'reconnect') {
      this.setConnected(true);
      logger.info('nats connection restored', { server: status.server });
    } else if (status.type === 'error') {
      logger.error('nats reported an error', { error: status.error });
    }
  }

  private setConnected(connected: boolean): void {
    this.connected = connected;
    if (connected) for (const wake of this.waiting) wake();
  }

  /** Resolves when the link is connected, or when `signal` speaks. */
  private async change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.waiting.delete(resolve);
  }
}

function reveal(secret: string | Secret): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}
