import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { defineConfig, oneOf, refuseOpenBind, serviceFields, systemClock } from '@jeroboam/platform';
import { apiFields, busFields, catalogFields, credentialFields, dataLayout, driverFields, keystoneFields, openCloud, runProcess, serviceBus, serviceLog, serviceProjections, serviceReadModel, serviceRequesters, storageFields } from '@jeroboam/profile';
import { createApiApp } from './create-api-app.ts';

/** The operators' side of this process; the API itself listens on its own address. */
@Module({})
class OperationsSide {}

await runProcess({
  name: 'api',
  summary: 'The API: Magnum’s v1 and our own additions; keeps the read model.',
  examples: ['JEROBOAM_KEYSTONE_URL=http://controller:5000/v3 JEROBOAM_KEYSTONE_PASSWORD_FILE=/etc/jeroboam/password node apps/api/dist/main.js'],
  config: defineConfig({
    ...apiFields,
    auth: oneOf('keystone: tokens are checked; none: everybody is demo, on loopback only.', ['keystone', 'none']).default('keystone'),
    ...keystoneFields, ...catalogFields, ...credentialFields, ...storageFields, ...busFields, ...driverFields, ...serviceFields,
  }),
  async open(context) {
    const { config, logger, metrics, later } = context;
    refuseOpenBind(config.host, config.auth);
    const layout = dataLayout(config.dataDir);
    const log = await serviceLog(layout, context);
    const readModel = await serviceReadModel(layout, context);
    const drivers = new DriverRegistry(await loadDrivers(config.drivers, process.cwd()));
    drivers.assertUnambiguous(config.defaultDriver);
    const { keystone, lookups } = openCloud(config, config);
    const messaging = serviceBus('api', context);
    const projections = serviceProjections(log, readModel, context);
    const app = await createApiApp(
      {
        messages: messaging.client, readModel, log, lookups, drivers, requesters: await serviceRequesters(config), logger, clock: systemClock, keystone: config.auth === 'none' ? 'none' : keystone,
        config: { ...config, wwwAuthenticateUri: config.keystoneUrl },
      },
      { metrics },
    );
    later(() => app.close());
    await projections.caughtUp();
    await app.listen(config.port, config.host);
    return { module: OperationsSide };
  },
});
