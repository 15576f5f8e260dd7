import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiFastifyAdapter } from '@jeroboam/api';
import { SYSTEM_ACTOR } from '@jeroboam/domain';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { listDrivers, openMessaging } from '@jeroboam/messaging';
import type { DriverOnHost, MessageClient, Messaging } from '@jeroboam/messaging';
import { isConfigured, openCursors } from '@jeroboam/notifier';
import { newRequestId, nestLogger, refuseOpenBind, systemClock, systemTimers } from '@jeroboam/platform';
import type { ServiceContext } from '@jeroboam/platform/nest';
import { dataLayout, inCloud, lockDataDir, openCloud, openDriverCloud, requestersOf, serviceLog, serviceProjections, serviceReadModel } from '@jeroboam/profile';
import type { DataLayout } from '@jeroboam/profile';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { openLocalSecretStore } from '@jeroboam/secrets';
import { telemetryConfigOf } from '@jeroboam/telemetry';
import type { EmbeddedConfig } from './embedded.config.ts';
import { EmbeddedModule } from './embedded.module.ts';
import type { EmbeddedDependencies } from './embedded.module.ts';
import { FIRST_TEMPLATE, createFirstTemplate } from './first-template.ts';
import { administratorOf, firstLogin, keystoneOf } from './identity.ts';

export interface Embedded {
  readonly apiUrl: string;
  readonly sandboxUrl: string | null;
  readonly dataDir: string;
  readonly drivers: readonly DriverOnHost[];
  /** Name of the cluster template that is there from the first start on; null where no driver makes its bays. */
  readonly firstTemplate: string | null;
}

/** Starts every service in this process: bus in process, SQLite for log and read model. */
export async function startEmbedded(context: ServiceContext<EmbeddedConfig>, baseDir: string): Promise<Embedded> {
  const { config, logger, metrics, later } = context;
  refuseOpenBind(config.host, config.auth);
  const layout = dataLayout(config.dataDir);
  const lock = lockDataDir(layout.root);
  later(() => lock.release());
  const sandbox = config.auth === 'sandbox' ? await openSandbox(config, join(layout.root, 'sandbox')) : null;
  if (sandbox) later(() => sandbox.close());
  const messaging = openMessaging({ profile: 'in-process', logger });
  later(() => messaging.close());
  const parts = await dependencies(context, { layout, baseDir, messaging, sandbox });
  const isNew = (await parts.scheduler.eventLog.head()) === undefined;
  const projections = serviceProjections(parts.scheduler.eventLog, parts.scheduler.readModel, context);
  const app = await NestFactory.create<NestFastifyApplication>(EmbeddedModule.with(parts), apiFastifyAdapter({ metrics }), { bodyParser: false, abortOnError: false, logger: nestLogger(logger) });
  later(() => app.close());
  app.connectMicroservice({ strategy: messaging.strategy() }, { inheritAppConfig: false });
  await app.startAllMicroservices();
  await projections.caughtUp();
  await app.listen(config.port, config.host);
  const apiUrl = (await app.getUrl()).replace(/\/$/, '');
  let firstTemplate = sandbox && makesKubernetes(parts) ? FIRST_TEMPLATE : null;
  if (sandbox && isNew && firstTemplate) {
    try {
      await createFirstTemplate(apiUrl, firstLogin(sandbox.url, config.sandboxCloudFile));
    } catch (error) {
      // A courtesy, and the cloud may be somebody's own: without the image, say.
      logger.warn('no first cluster template was made', { error });
      firstTemplate = null;
    }
  }
  return { apiUrl, firstTemplate, sandboxUrl: sandbox?.url ?? null, dataDir: layout.root, drivers: await driversHere(messaging.client) };
}

function makesKubernetes({ api: { drivers } }: EmbeddedDependencies): boolean {
  return drivers.manifests.some(({ provides }) => provides.some(({ os, coe }) => os === 'fedora-coreos' && coe === 'kubernetes'));
}

interface Ground {
  readonly layout: DataLayout;
  readonly baseDir: string;
  readonly messaging: Messaging;
  readonly sandbox: SandboxCloud | null;
}

/** What each service is given; the same ports that the separate processes bind to other adapters. */
async function dependencies(context: ServiceContext<EmbeddedConfig>, { layout, baseDir, messaging, sandbox }: Ground): Promise<EmbeddedDependencies> {
  const { config, logger, metrics, health, later } = context;
  const clock = systemClock;
  const timers = systemTimers;
  const messages = messaging.client;
  const eventLog = await serviceLog(layout, context);
  const readModel = await serviceReadModel(layout, context);
  const secrets = await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey });
  const keystoneConfig = keystoneOf(config, sandbox?.url ?? null);
  const credentialConfig = { ...config, ...administratorOf(config, sandbox !== null) };
  const cloud = config.auth === 'none' ? null : openDriverCloud(
    { ...credentialConfig, ...keystoneConfig },
    { apiUrl: config.nodeApiUrl ?? apiUrlOf(config), simulated: config.cloudSimulated || sandbox !== null, secrets },
  );
  if (cloud) later(() => cloud.close());
  const loaded = await loadDrivers(config.drivers, baseDir);
  const drivers = new DriverRegistry(cloud ? inCloud(loaded, cloud.access) : loaded);
  drivers.assertUnambiguous(config.defaultDriver);
  const { keystone, lookups } = openCloud(keystoneConfig, config);
  later(() => {
    keystone.close();
    lookups.close();
  });
  const cursors = isConfigured(config) ? await openCursors(layout.root) : null;
  if (cursors) later(() => cursors.close());
  const component = (name: string) => logger.with({ component: name });
  return {
    api: {
      messages, readModel, log: eventLog, clock, drivers, lookups, requesters: requestersOf(credentialConfig, secrets), logger: component('api'), keystone: config.auth === 'none' ? 'none' : keystone,
      config: { ...config, wwwAuthenticateUri: keystoneConfig.keystoneUrl },
    },
    scheduler: { eventLog, readModel, clock, timers, logger: component('scheduler'), config: { ...config, executorsShareProcess: true } },
    executor: { messages, drivers: drivers.manifests, credentials: cloud?.credentials ?? null, clock, timers, logger: component('driver-executor'), config: { dataDir: layout.drivers, concurrency: config.concurrency } },
    certificateAuthority: { eventLog, secrets, clock, bootstrap: { tokenMinutes: config.bootstrapTokenMinutes, nodeMinutes: config.bootstrapNodeMinutes } },
    telemetry: config.telemetry ? {
      eventLog, readModel, messages, drivers: drivers.manifests, credentials: cloud?.orphans ?? null, clock, timers, metrics, health, logger: component('telemetry'),
      config: { dataDir: layout.drivers, ...telemetryConfigOf(config) },
    } : null,
    notifier: cursors && { eventLog, cursors, clock, timers, metrics, logger: component('notifier'), config },
  };
}

/** As clients reach it, with `/v1`. */
function apiUrlOf({ publicUrl, host, port }: EmbeddedConfig): string {
  return `${publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`}/v1`;
}

/** Its stacks are kept beside the bays they belong to: both outlive the process, or neither. */
function openSandbox(config: EmbeddedConfig, dataDir: string): Promise<SandboxCloud> {
  return startSandboxCloud({
    port: config.sandboxPort, containerInfraUrl: apiUrlOf(config), tokenTtlSeconds: config.tokenTtlSeconds, dataDir,
    ...(config.sandboxCloudFile === undefined ? {} : { cloudFile: config.sandboxCloudFile }),
  });
}

async function driversHere(messages: MessageClient): Promise<readonly DriverOnHost[]> {
  const requestId = newRequestId();
  const context = { actor: SYSTEM_ACTOR, requestId, commandId: requestId, correlationId: requestId, causationId: null };
  return (await messages.send(listDrivers, {}, { timeoutMs: 10_000, context })).drivers;
}
