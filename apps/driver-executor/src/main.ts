import 'reflect-metadata';
import { defineConfig, serviceFields, systemClock, systemTimers } from '@jeroboam/platform';
import { busFields, cloudFields, dataLayout, driverFields, executorFields, runProcess, serviceDrivers, serviceBus, storageFields } from '@jeroboam/profile';
import { DriverExecutorModule } from './driver-executor.module.ts';

await runProcess({
  name: 'driver-executor',
  summary: 'A driver executor: asks the scheduler for steps and runs drivers. Any number may run.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/driver-executor/dist/main.js'],
  config: defineConfig({ ...storageFields, ...busFields, ...driverFields, ...cloudFields, ...executorFields, ...serviceFields }),
  async open(context) {
    const { config, logger } = context;
    const { drivers: { manifests: drivers }, credentials } = await serviceDrivers(context);
    const messaging = serviceBus('driver-executor', context);
    const executor = { dataDir: dataLayout(config.dataDir).drivers, concurrency: config.concurrency };
    return {
      module: DriverExecutorModule.with({ messages: messaging.client, drivers, credentials, clock: systemClock, timers: systemTimers, logger, config: executor }),
      strategies: [messaging.strategy()],
    };
  },
});
