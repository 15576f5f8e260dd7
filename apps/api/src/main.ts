import 'reflect-metadata';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { Metrics, defineConfig, oneOf, refuseOpenBind, systemClock } from '@jeroboam/platform';
import { apiFields, busFields, dataLayout, driverFields, keystoneFields, logFields, openCloud, openEventLog, openReadModel, openService, runProcess, storageFields } from '@jeroboam/profile';
import { apiProjections, runProjections } from '@jeroboam/read-model';
import { createApiApp } from './create-api-app.ts';

await runProcess({
  summary: 'The API: Magnum’s v1 and our own additions; keeps the read model.',
  examples: ['JEROBOAM_KEYSTONE_URL=http://controller:5000/v3 JEROBOAM_KEYSTONE_PASSWORD_FILE=/etc/jeroboam/password node apps/api/dist/main.js'],
  schema: defineConfig({
    ...apiFields,
    auth: oneOf('keystone: tokens are checked; none: everybody is demo, on loopback only.', ['keystone', 'none']).default('keystone'),
    ...keystoneFields, ...storageFields, ...busFields, ...driverFields, ...logFields,
  }),
  async start(config) {
    refuseOpenBind(config.host, config.auth);
    const { logger, messaging, closers } = openService('api', config);
    const layout = dataLayout(config.dataDir);
    const log = closers.add(await openEventLog(layout), (opened) => opened.close());
    const readModel = closers.add(await openReadModel(layout), (store) => store.close());
    const drivers = new DriverRegistry(await loadDrivers(config.drivers, process.cwd()));
    drivers.assertUnambiguous(config.defaultDriver);
    const { keystone, lookups } = openCloud(config);
    const projections = closers.add(runProjections({ log, readModel, projections: apiProjections(), logger }), (running) => running.stop());
    const app = await createApiApp(
      {
        messages: messaging.client, readModel, log, lookups, drivers, logger, clock: systemClock, keystone: config.auth === 'none' ? 'none' : keystone,
        config: { ...config, wwwAuthenticateUri: config.keystoneUrl },
      },
      { metrics: new Metrics() },
    );
    closers.add(app, (nest) => nest.close());
    await projections.caughtUp();
    await app.listen(config.port, config.host);
    logger.info('ready', { url: await app.getUrl() });
    return closers;
  },
});
