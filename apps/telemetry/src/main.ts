import 'reflect-metadata';
import { defineConfig, serviceFields, systemClock, systemTimers } from '@jeroboam/platform';
import { busFields, cloudFields, dataLayout, driverFields, runProcess, serviceBus, serviceDrivers, serviceLog, serviceReadModel, storageFields, telemetryFields } from '@jeroboam/profile';
import { telemetryConfigOf } from './telemetry.config.ts';
import { TelemetryModule } from './telemetry.module.ts';

await runProcess({
  name: 'telemetry',
  summary: 'Telemetry: asks bays how they are and tells the scheduler what has changed. One runs, on the host of the executors.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/telemetry/dist/main.js'],
  config: defineConfig({ ...storageFields, ...busFields, ...driverFields, ...cloudFields, ...telemetryFields, ...serviceFields }),
  async open(context) {
    const { config, logger, metrics, health } = context;
    const layout = dataLayout(config.dataDir);
    const { drivers: { manifests: drivers }, orphans: credentials } = await serviceDrivers(context);
    const eventLog = await serviceLog(layout, context);
    const readModel = await serviceReadModel(layout, context);
    const { client: messages } = serviceBus('telemetry', context);
    const settings = { dataDir: layout.drivers, ...telemetryConfigOf(config) };
    return { module: TelemetryModule.with({ eventLog, readModel, messages, drivers, credentials, clock: systemClock, timers: systemTimers, metrics, health, logger, config: settings }) };
  },
});
