import { hostname } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock, Logger, Metrics, Timers } from '@jeroboam/platform';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';
import { Feed } from './feed/feed.ts';
import { feedMetrics } from './feed/feed-metrics.ts';
import { kindsOf } from './notifier.config.ts';
import type { NotifierConfig } from './notifier.config.ts';
import { FileSink } from './sinks/file.sink.ts';
import { JetStreamSink } from './sinks/jetstream.sink.ts';
import { RabbitMqSink } from './sinks/rabbitmq.sink.ts';
import type { Sink } from './sinks/sink.port.ts';

export interface NotifierDependencies {
  readonly eventLog: EventLog;
  /** Keeps how far each sink has got; a store of its own, as the read model may be thrown away. */
  readonly cursors: ReadModel;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly config: NotifierConfig;
}

/** One feed a sink. They share nothing: one that is away holds up neither another nor an operation. */
export class Notifier {
  readonly #feeds: readonly Feed[];

  constructor(dependencies: NotifierDependencies, sinks: readonly Sink[] = sinksOf(dependencies)) {
    const { eventLog, cursors, config, metrics, ...rest } = dependencies;
    const lengths = { sampleMs: config.notifierSampleIntervalSeconds * 1_000, auditMs: config.notifierAuditPeriodSeconds * 1_000 };
    const common = {
      ...rest, log: eventLog, readModel: cursors, lengths, metrics: feedMetrics(metrics), start: config.notifierStart, kinds: kindsOf(config),
      publisherId: `container-infra.${config.notifierHost ?? hostname()}`,
    };
    this.#feeds = sinks.map((sink) => new Feed({ ...common, sink }));
  }

  start(): void {
    for (const feed of this.#feeds) feed.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.stop()));
  }
}

/** Whether any sink is configured; without one there is nothing to do. */
export function isConfigured({ rabbitmqUrl, notifierNatsServers, notifierFile }: NotifierConfig): boolean {
  return rabbitmqUrl !== undefined || notifierNatsServers !== undefined || notifierFile !== undefined;
}

/** The store of the cursors in a data directory, made when absent. Whoever opens it closes it. */
export function openCursors(dataDir: string): Promise<ReadModel> {
  return openSqliteReadModel({ path: join(dataDir, 'notifier.sqlite') });
}

function sinksOf({ config, logger }: NotifierDependencies): readonly Sink[] {
  const { rabbitmqUrl, notifierNatsServers, notifierNatsToken, notifierFile } = config;
  return [
    ...(rabbitmqUrl ? [new RabbitMqSink({
      url: rabbitmqUrl, exchange: config.rabbitmqExchange, durable: config.rabbitmqDurable, quorum: config.rabbitmqQuorum, declare: config.rabbitmqDeclare, logger,
    })] : []),
    ...(notifierNatsServers ? [new JetStreamSink({ servers: notifierNatsServers, stream: config.notifierNatsStream, logger, ...(notifierNatsToken ? { token: notifierNatsToken } : {}) })] : []),
    ...(notifierFile ? [new FileSink(notifierFile)] : []),
  ];
}
