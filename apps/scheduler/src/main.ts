import 'reflect-metadata';
import { defineConfig, serviceFields, systemClock, systemTimers } from '@jeroboam/platform';
import { busFields, dataLayout, lockDataDir, runProcess, schedulerFields, serviceBus, serviceLog, serviceReadModel, storageFields } from '@jeroboam/profile';
import { SchedulerModule } from './scheduler.module.ts';

await runProcess({
  name: 'scheduler',
  summary: 'The scheduler: decides on commands, writes the bays’ streams, leases steps to executors. One runs at a time.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/scheduler/dist/main.js'],
  config: defineConfig({ ...storageFields, ...busFields, ...schedulerFields, ...serviceFields }),
  async open(context) {
    const { config, logger, later } = context;
    const layout = dataLayout(config.dataDir);
    // One dispatcher at a time, be it a scheduler's or the embedded process's.
    const lock = lockDataDir(layout.root);
    later(() => lock.release());
    const eventLog = await serviceLog(layout, context);
    const readModel = await serviceReadModel(layout, context);
    const messaging = serviceBus('scheduler', context);
    return { module: SchedulerModule.with({ eventLog, readModel, clock: systemClock, timers: systemTimers, logger, config }), strategies: [messaging.strategy()] };
  },
});
