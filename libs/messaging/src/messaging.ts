import { silentLogger, type Logger, type Secret } from '@jeroboam/platform';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import { InProcessBus, InProcessWire } from './in-process-wire.ts';
import type { MessageClient } from './message.ts';
import { MessageServer } from './message-server.ts';
import { NatsWire } from './nats-wire.ts';
import { WireMessageClient } from './wire-client.ts';
import type { Wire } from './wire.ts';

/** Both ends of a bus, in one process. */
export interface Messaging {
  /** A new server for `app.connectMicroservice({ strategy })`; several share the messages between them. */
  strategy(): Server & CustomTransportStrategy;
  readonly client: MessageClient;
  /**
   * For readiness.
   * @throws {MessagingUnavailable} when no message can be sent now.
   */
  check(): void;
  /**
   * Takes no more messages, finishes handlers under way, waits for answers, lets go of the connection. Each wait ends
   * as soon as there is nothing to wait for, at the latest after the drain timeout.
   */
  close(): Promise<void>;
}

export interface MessagingCommonOptions {
  /** Told of handlers that failed and of the state of the bus. @default says nothing */
  readonly logger?: Logger;
  /** How long closing waits for work under way, in milliseconds. @default 10000 */
  readonly drainTimeoutMs?: number;
}

export interface InProcessOptions extends MessagingCommonOptions {
  /** Joins parts that open their messaging separately. @default one of its own */
  readonly bus?: InProcessBus;
}

export interface NatsOptions extends MessagingCommonOptions {
  /** URLs, `nats://host:port`. */
  readonly servers: readonly string[];
  /** Shared by all instances of a service, so that each message reaches one of them. */
  readonly queueGroup: string;
  /** What the server calls this connection. @default the queue group */
  readonly name?: string;
  readonly token?: string | Secret;
  readonly user?: string;
  readonly password?: string | Secret;
  /**
   * Bound of one attempt to connect, and how long a message waits for a bus that is away before it is refused, in
   * milliseconds. @default 2000
   */
  readonly connectTimeoutMs?: number;
}

export type MessagingOptions = ({ readonly profile: 'in-process' } & InProcessOptions) | ({ readonly profile: 'nats' } & NatsOptions);

/** The bus the configuration asks for. Connecting goes on in the background; a server that is not there yet is waited for. */
export function openMessaging(options: MessagingOptions): Messaging {
  return options.profile === 'nats' ? natsTransport(options) : inProcessTransport(options);
}

/** A bus between the parts of this process. */
export function inProcessTransport(options: InProcessOptions = {}): Messaging {
  return messagingOver(new InProcessWire(options.bus ?? new InProcessBus()), options);
}

/** A bus over NATS: whoever connects to the same servers can be reached. */
export function natsTransport(options: NatsOptions): Messaging {
  const { logger = silentLogger, connectTimeoutMs = 2_000, name = options.queueGroup, ...rest } = options;
  return messagingOver(new NatsWire({ ...rest, name, connectTimeoutMs, logger }), options);
}

function messagingOver(wire: Wire, { logger = silentLogger, drainTimeoutMs = 10_000 }: MessagingCommonOptions): Messaging {
  const servers: MessageServer[] = [];
  const client = new WireMessageClient(wire, drainTimeoutMs);
  return {
    client,
    strategy() {
      const server = new MessageServer({ wire, logger, drainTimeoutMs });
      servers.push(server);
      return server;
    },
    check: () => wire.check(),
    async close() {
      // Handlers first: those under way may still have to ask others.
      await Promise.all(servers.map((server) => server.close()));
      await client.close();
      await wire.close();
    },
  };
}
