import type { NotifierConfig } from '../notifier.config.ts';

/** As the variables' defaults, but from the beginning of the log, and from a host that is the same everywhere. */
export const DEFAULT_CONFIG: NotifierConfig = {
  rabbitmqExchange: 'magnum', rabbitmqDurable: false, rabbitmqQuorum: false, rabbitmqDeclare: 'active', notifierNatsStream: 'magnum_notifications',
  notifierStart: 'beginning', notifierHost: 'bay-1', notificationsCadf: true, notificationsBayNames: false, notificationsLifecycle: true,
  notificationsExists: true, notificationsUsage: true, notificationsSamples: true, notificationsBayMetrics: false, notifierAuditPeriodSeconds: 3_600, notifierSampleIntervalSeconds: 300,
};
