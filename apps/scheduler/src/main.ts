import 'reflect-metadata';
import { defineConfig, systemClock, systemTimers } from '@jeroboam/platform';
import { busFields, dataLayout, logFields, openEventLog, openReadModel, openService, runMicroservice, runProcess, schedulerFields, storageFields } from '@jeroboam/profile';
import { SchedulerModule } from './scheduler.module.ts';

await runProcess({
  summary: 'The scheduler: decides on commands, writes the bays’ streams, leases steps to executors. One runs at a time.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/scheduler/dist/main.js'],
  schema: defineConfig({ ...storageFields, ...busFields, ...schedulerFields, ...logFields }),
  async start(config) {
    const service = openService('scheduler', config);
    const { closers, logger } = service;
    const layout = dataLayout(config.dataDir);
    const eventLog = closers.add(await openEventLog(layout), (log) => log.close());
    const readModel = closers.add(await openReadModel(layout), (store) => store.close());
    await runMicroservice(SchedulerModule.with({ eventLog, readModel, clock: systemClock, timers: systemTimers, logger, config }), service);
    return closers;
  },
});
