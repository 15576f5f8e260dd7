import 'reflect-metadata';
import { defineConfig, serviceFields, systemClock, systemTimers } from '@jeroboam/platform';
import { dataLayout, runProcess, serviceLog, storageFields } from '@jeroboam/profile';
import { notifierFields } from './notifier.config.ts';
import { NotifierModule } from './notifier.module.ts';
import { isConfigured, openCursors } from './notifier.ts';

await runProcess({
  name: 'notifier',
  summary: 'The notifier: tells RabbitMQ (Ceilometer), NATS JetStream and files what happens to bays, from the log. One runs at a time.',
  examples: ['JEROBOAM_RABBITMQ_URL_FILE=/etc/jeroboam/rabbitmq JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/notifier/dist/main.js'],
  config: defineConfig({ ...storageFields, ...notifierFields, ...serviceFields }),
  async open(context) {
    const { config, logger, metrics, later } = context;
    const layout = dataLayout(config.dataDir);
    const eventLog = await serviceLog(layout, context);
    const cursors = await openCursors(layout.root);
    later(() => cursors.close());
    if (!isConfigured(config)) logger.warn('no sink is configured: nobody is notified', { variables: 'JEROBOAM_RABBITMQ_URL, JEROBOAM_NOTIFIER_NATS_SERVERS, JEROBOAM_NOTIFIER_FILE' });
    return { module: NotifierModule.with({ eventLog, cursors, clock: systemClock, timers: systemTimers, logger, metrics, config }) };
  },
});
