import 'reflect-metadata';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { defineConfig, systemClock, systemTimers } from '@jeroboam/platform';
import { busFields, dataLayout, driverFields, executorFields, logFields, openService, runMicroservice, runProcess, storageFields } from '@jeroboam/profile';
import { DriverExecutorModule } from './driver-executor.module.ts';

await runProcess({
  summary: 'A driver executor: asks the scheduler for steps and runs drivers. Any number may run.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/driver-executor/dist/main.js'],
  schema: defineConfig({ ...storageFields, ...busFields, ...driverFields, ...executorFields, ...logFields }),
  async start(config) {
    const service = openService('driver-executor', config);
    const registry = new DriverRegistry(await loadDrivers(config.drivers, process.cwd()));
    const executor = { dataDir: dataLayout(config.dataDir).drivers, concurrency: config.concurrency };
    await runMicroservice(
      DriverExecutorModule.with({ messages: service.messaging.client, drivers: registry.manifests, clock: systemClock, timers: systemTimers, logger: service.logger, config: executor }),
      service,
    );
    return service.closers;
  },
});
