import { hostname } from 'node:os';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock, Logger, Metrics, Timers } from '@jeroboam/platform';
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
  /** Keeps the cursors. */
  readonly readModel: ReadModel;
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
    const { eventLog, config, metrics, ...rest } = dependencies;
    const lengths = { sampleMs: config.notifierSampleIntervalSeconds * 1_000, auditMs: config.notifierAuditPeriodSeconds * 1_000 };
    const common = {
      ...rest, log: eventLog, lengths, metrics: feedMetrics(metrics), start: config.notifierStart, kinds: kindsOf(config),
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
