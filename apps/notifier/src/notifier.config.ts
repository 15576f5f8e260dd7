import { flag, integer, list, oneOf, secret, text } from '@jeroboam/platform';
import type { Secret } from '@jeroboam/platform';
import type { Kind } from './message/draft.ts';
import type { Declare } from './sinks/rabbitmq.sink.ts';

/** What the notifier can be told; a process composes them with its own fields. Without a sink it does nothing. */
export const notifierFields = {
  rabbitmqUrl: secret('RabbitMQ that notifications go to, amqp://USER:PASSWORD@HOST:PORT/VHOST; none: no notifications there.').optional(),
  rabbitmqExchange: text('Exchange of notifications; Ceilometer listens to magnum.').default('magnum'),
  rabbitmqDurable: flag('Exchange and queues outlive a restart of the broker; the same as amqp_durable_queues of Ceilometer.').default(false),
  rabbitmqQuorum: flag('Queues are quorum queues, as with rabbit_quorum_queue; makes them durable.').default(false),
  rabbitmqDeclare: oneOf('active: exchange and queues are made where they are missing; passive: looked for; none: taken for granted.', ['active', 'passive', 'none']).default('active'),
  notifierNatsServers: list('NATS servers with JetStream that notifications go to; none: no notifications there.', 'HOST:PORT, separated by commas').optional(),
  notifierNatsToken: secret('Token for those servers.').optional(),
  notifierNatsStream: text('JetStream stream of notifications, made where it is missing.').default('magnum_notifications'),
  notifierFile: text('File that notifications are appended to, one line of JSON each; none: no such file.', 'a path').optional(),
  notifierStart: oneOf('Where a sink that is used for the first time begins: now, or with everything since the beginning of the log.', ['now', 'beginning']).default('now'),
  notifierHost: text('Host in publisher_id, container-infra.HOST; the host’s own name where there is none.').optional(),
  notificationsCadf: flag('magnum.cluster.create, .update and .delete, as Magnum sends them.').default(true),
  notificationsBayNames: flag('The same as magnum.bay.*, as Magnum in Newton.').default(false),
  notificationsLifecycle: flag('.start, .end and .error of every operation, node groups, certificates, credentials, health, quotas, templates.').default(true),
  notificationsExists: flag('magnum.cluster.exists and magnum.nodegroup.exists at the end of every audit period.').default(true),
  notificationsUsage: flag('magnum.cluster.usage, when the number of nodes of a node group changes: how many there were, from when to when.').default(true),
  notificationsSamples: flag('Ready-made samples at every change, and at the end of every sampling interval.').default(true),
  notificationsBayMetrics: flag('The samples also as magnum.bay.metrics.update, which stock Ceilometer has a definition of.').default(false),
  notifierAuditPeriodSeconds: integer('Length of an audit period; periods begin at its multiples since 1970.', { min: 1, max: 86_400 }).default(3_600),
  notifierSampleIntervalSeconds: integer('Time between two samples of a bay; intervals begin at its multiples since 1970.', { min: 1, max: 86_400 }).default(300),
};

/** The same, as the program takes it. */
export interface NotifierConfig {
  readonly rabbitmqUrl?: Secret | undefined;
  readonly rabbitmqExchange: string;
  readonly rabbitmqDurable: boolean;
  readonly rabbitmqQuorum: boolean;
  readonly rabbitmqDeclare: Declare;
  readonly notifierNatsServers?: readonly string[] | undefined;
  readonly notifierNatsToken?: Secret | undefined;
  readonly notifierNatsStream: string;
  readonly notifierFile?: string | undefined;
  readonly notifierStart: 'now' | 'beginning';
  readonly notifierHost?: string | undefined;
  readonly notificationsCadf: boolean;
  readonly notificationsBayNames: boolean;
  readonly notificationsLifecycle: boolean;
  readonly notificationsExists: boolean;
  readonly notificationsUsage: boolean;
  readonly notificationsSamples: boolean;
  readonly notificationsBayMetrics: boolean;
  readonly notifierAuditPeriodSeconds: number;
  readonly notifierSampleIntervalSeconds: number;
}

export function kindsOf(config: NotifierConfig): ReadonlySet<Kind> {
  const switches: Readonly<Record<Kind, boolean>> = {
    cadf: config.notificationsCadf, bayNames: config.notificationsBayNames, lifecycle: config.notificationsLifecycle,
    exists: config.notificationsExists, usage: config.notificationsUsage, samples: config.notificationsSamples, bayMetrics: config.notificationsBayMetrics,
  };
  return new Set((Object.keys(switches) as Kind[]).filter((kind) => switches[kind]));
}
