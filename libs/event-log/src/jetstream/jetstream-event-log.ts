import { setTimeout } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { StreamConfig } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';
import { assertAppendable } from '../appendable.ts';
import { LogUnavailable, UnsuitableLog } from '../errors.ts';
import type { Appended, EventBatch, EventLog, Expected, ReadAllOptions, ReadStreamOptions, SubscribeOptions, Subscription } from '../event-log.port.ts';
import { matcherOf } from '../filter.ts';
import { Following } from '../following.ts';
import { Appender } from './appender.ts';
import { FollowedBatches } from './followed-batches.ts';
import { LogStream, unavailable } from './log-stream.ts';
import { sequenceOf, subjectOf } from './message-codec.ts';
import { LOG_STREAM, SAFE_REPLICAS, configProblems, syncProblems } from './suitability.ts';
import type { AcceptedRisks } from './suitability.ts';

export interface JetStreamEventLogOptions {
  readonly servers: string | readonly string[];
  /** Credentials, TLS and the like. */
  readonly connection?: Omit<NodeConnectionOptions, 'servers'>;
  /** Name of the JetStream stream; made when missing. @default 'JEROBOAM_LOG' */
  readonly streamName?: string;
  /** The log's messages are on `<prefix>.<encoded stream name>`. @default 'jeroboam.log' */
  readonly subjectPrefix?: string;
  /** Monitoring endpoint of every server that keeps a copy: the only way to learn whether it flushes before it acknowledges. */
  readonly monitorUrls?: readonly string[];
  /** What may be less safe than the log asks for. @default nothing */
  readonly accept?: AcceptedRisks;
  /** How long to wait for a server while opening. @default 10000 */
  readonly openTimeoutMs?: number;
}

const DEFAULT_STREAM_NAME = 'JEROBOAM_LOG';
const DEFAULT_SUBJECT_PREFIX = 'jeroboam.log';
const DEFAULT_OPEN_TIMEOUT_MS = 10_000;
const DEFAULT_APPEND_TIMEOUT_MS = 5_000;
const DEFAULT_BATCH_SIZE = 256;
const RETRY_OPEN_MS = 100;
const RECONNECT_WAIT_MS = 200;
const CLOSE_PATIENCE_MS = 500;
/** API error code of a server without a cluster that is asked for replicas. */
const NOT_CLUSTERED = 10_074;

/**
 * Opens the log on NATS JetStream (server 2.9 or later).
 *
 * @throws {UnsuitableLog} listing all that would break the log's promises and was not accepted.
 * @throws {LogUnavailable} no server with JetStream answered within `openTimeoutMs`.
 */
export async function openJetStreamEventLog(options: JetStreamEventLogOptions): Promise<EventLog> {
  const deadline = performance.now() + (options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS);
  const connection = await untilDeadline(deadline, () => connected(options));
  const name = options.streamName ?? DEFAULT_STREAM_NAME;
  const prefix = options.subjectPrefix ?? DEFAULT_SUBJECT_PREFIX;
  try {
    const found = await untilDeadline(deadline, () => ensureStream(connection, name, prefix, options.accept ?? {}));
    const problems = await problemsOf(found, `${prefix}.>`, options);
    if (problems.length > 0) throw new UnsuitableLog(`JetStream stream ${name}`, problems);
    return new JetStreamEventLog(connection, await LogStream.of(connection, name), prefix);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function connected({ servers, connection }: JetStreamEventLogOptions): Promise<NatsConnection> {
  return connect({
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    ...connection,
    servers: typeof servers === 'string' ? servers : [...servers],
  });
}

/** The stream's configuration; what the server said when it will never make such a stream. */
async function ensureStream(connection: NatsConnection, name: string, prefix: string, accept: AcceptedRisks): Promise<StreamConfig | string> {
  const { streams } = await jetstreamManager(connection);
  try {
    return (await streams.info(name)).config;
  } catch (error) {
    if (!hasCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
  try {
    const { config } = await streams.add({ name, subjects: [`${prefix}.>`], num_replicas: accept.replicas ?? SAFE_REPLICAS, ...LOG_STREAM });
    return config;
  } catch (error) {
    if (hasCode(error, NOT_CLUSTERED)) return `this server is alone and keeps one copy: add servers, or accept it with accept.replicas`;
    throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}

async function problemsOf(found: StreamConfig | string, subjects: string, { accept = {}, monitorUrls = [] }: JetStreamEventLogOptions): Promise<string[]> {
  const replicas = typeof found === 'string' ? 1 : found.num_replicas;
  const ofStream = typeof found === 'string' ? [found] : configProblems(found, subjects, accept);
  return [...ofStream, ...(accept.unsynced ? [] : await syncProblems(monitorUrls, replicas))];
}

/** Tries again while the server is absent or not ready; what it says then is the cause. */
async function untilDeadline<T>(deadline: number, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= deadline) throw unavailable(error);
      await setTimeout(RETRY_OPEN_MS);
    }
  }
}

/** The log on one JetStream stream. Reconnects by itself for as long as it is open. */
class JetStreamEventLog implements EventLog {
  readonly #appender: Appender;
  readonly #followings = new Set<Following>();
  #closing: Promise<void> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: LogStream,
    private readonly prefix: string,
  ) {
    this.#appender = new Appender(log, prefix);
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: Expected,
    { timeoutMs = DEFAULT_APPEND_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    this.#assertOpen();
    assertAppendable(stream, events);
    return this.#appender.append(stream, events, expected, timeoutMs);
  }

  async *readStream(stream: string, { from = 0, limit = Infinity }: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    this.#assertOpen();
    const subject = subjectOf(this.prefix, stream);
    const last = limit > 0 ? await this.log.lastSequence(subject) : 0;
    let left = limit;
    for await (const { events } of this.log.between(1, last, subject)) {
      for (const event of events) {
        if (event.revision < from) continue;
        yield event;
        left -= 1;
        if (left <= 0) return;
      }
    }
  }

  async *readAll({ after, limit = Infinity, ...filter }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    this.#assertOpen();
    const matches = matcherOf(filter);
    const last = limit > 0 ? await this.log.headSequence() : 0;
    let left = limit;
    for await (const { events } of this.log.between(after === undefined ? 1 : sequenceOf(after), last)) {
      for (const event of events) {
        if ((after !== undefined && event.position <= after) || !matches(event)) continue;
        yield event;
        left -= 1;
        if (left <= 0) return;
      }
    }
  }

  async head(): Promise<Position | undefined> {
    this.#assertOpen();
    const sequence = await this.log.headSequence();
    if (sequence === 0) return undefined;
    return (await this.log.read(sequence))?.events.at(-1)?.position;
  }

  subscribe({ after, batchSize = DEFAULT_BATCH_SIZE, ...filter }: SubscribeOptions, handler: (batch: EventBatch) => Promise<void>): Subscription {
    this.#assertOpen();
    const feed = this.log.follow(after === undefined ? 1 : sequenceOf(after));
    const batches = new FollowedBatches(feed, filter, batchSize);
    const following = new Following(after, (from) => batches.next(from), handler, () => void feed.close());
    this.#followings.add(following);
    const ended = async (): Promise<void> => {
      this.#followings.delete(following);
      await feed.close();
    };
    following.done.then(ended, ended);
    return following;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#followings].map((following) => following.stop()));
    await this.#appender.idle();
    // The client crashes the process when it is closed with writes under way to a server that has just died.
    await Promise.race([this.connection.flush().catch(() => undefined), setTimeout(CLOSE_PATIENCE_MS)]);
    await this.connection.close();
  }

  #assertOpen(): void {
    if (this.#closing) throw new LogUnavailable('it was closed');
  }
}
