import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiFastifyAdapter } from '@jeroboam/api';
import { SYSTEM_ACTOR } from '@jeroboam/domain';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { listDrivers, openMessaging } from '@jeroboam/messaging';
import type { DriverOnHost } from '@jeroboam/messaging';
import { Metrics, Secret, createLogger, newRequestId, nestLogger, refuseOpenBind, systemClock, systemTimers } from '@jeroboam/platform';
import { Closers, dataLayout, lockDataDir, openCloud, openEventLog, openReadModel } from '@jeroboam/profile';
import { apiProjections, runProjections } from '@jeroboam/read-model';
import { readCloudFile, startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { openLocalSecretStore } from '@jeroboam/secrets';
import type { EmbeddedConfig } from './embedded.config.ts';
import { EmbeddedModule } from './embedded.module.ts';

export interface Embedded {
  readonly apiUrl: string;
  readonly sandboxUrl: string | null;
  readonly dataDir: string;
  readonly drivers: readonly DriverOnHost[];
  /** Finishes what is under way within bounds, then lets go of everything. */
  close(): Promise<void>;
}

/** Where the service user of the sandbox stands in its cloud file. */
const SANDBOX_SERVICE_USER = 'jeroboam';

/** Starts every service in this process: bus in process, SQLite for log and read model. */
export async function startEmbedded(config: EmbeddedConfig, baseDir: string): Promise<Embedded> {
  refuseOpenBind(config.host, config.auth);
  const logger = createLogger({ service: 'jeroboam', level: config.logLevel, format: config.logFormat });
  const layout = dataLayout(config.dataDir);
  const closers = new Closers();
  const later = closers.add.bind(closers);
  try {
    later(lockDataDir(layout.root), (lock) => lock.release());
    const eventLog = later(await openEventLog(layout), (log) => log.close());
    const readModel = later(await openReadModel(layout), (store) => store.close());
    const secrets = await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey });
    const registry = new DriverRegistry(await loadDrivers(config.drivers, baseDir));
    registry.assertUnambiguous(config.defaultDriver);
    const sandbox = config.auth === 'sandbox' ? later(await openSandbox(config), (cloud) => cloud.close()) : null;
    const cloud = openCloud(cloudConfig(config, sandbox));
    later(cloud, ({ keystone, lookups }) => { keystone.close(); lookups.close(); });
    const messaging = later(openMessaging({ profile: 'in-process', logger }), (bus) => bus.close());
    const metrics = new Metrics();
    const clock = systemClock;
    const timers = systemTimers;
    const projections = later(runProjections({ log: eventLog, readModel, projections: apiProjections(), logger }), (running) => running.stop());
    const messages = messaging.client;
    const app = await NestFactory.create<NestFastifyApplication>(
      EmbeddedModule.with({
        api: {
          messages, readModel, log: eventLog, clock, drivers: registry, logger: logger.with({ component: 'api' }),
          keystone: config.auth === 'none' ? 'none' : cloud.keystone, lookups: cloud.lookups,
          config: {
            maxLimit: config.maxLimit, readAfterWriteTimeoutMs: config.readAfterWriteTimeoutMs, commandTimeoutMs: config.commandTimeoutMs,
            wwwAuthenticateUri: sandbox ? `${sandbox.url}/v3` : (config.keystoneUrl ?? ''),
            ...(config.publicUrl ? { publicUrl: config.publicUrl } : {}), ...(config.defaultDriver ? { defaultDriver: config.defaultDriver } : {}),
          },
        },
        scheduler: {
          eventLog, readModel, clock, timers, logger: logger.with({ component: 'scheduler' }),
          config: { defaultQuota: config.defaultQuota, operationTimeoutMinutes: config.operationTimeoutMinutes, leaseTtlMs: config.leaseTtlMs, stepsPerDriver: config.stepsPerDriver, executorsShareProcess: true },
        },
        executor: { messages, drivers: registry.manifests, clock, timers, logger: logger.with({ component: 'driver-executor' }), config: { dataDir: layout.drivers, concurrency: config.concurrency } },
        certificateAuthority: { eventLog, secrets, clock },
      }),
      apiFastifyAdapter({ metrics }),
      { bodyParser: false, abortOnError: false, logger: nestLogger(logger) },
    );
    later(app, (nest) => nest.close());
    app.connectMicroservice({ strategy: messaging.strategy() }, { inheritAppConfig: false });
    await app.startAllMicroservices();
    await projections.caughtUp();
    await app.listen(config.port, config.host);
    const drivers = await messages.send(listDrivers, {}, { timeoutMs: 10_000, context: systemContext() });
    return { apiUrl: await urlOf(app), sandboxUrl: sandbox?.url ?? null, dataDir: layout.root, drivers: drivers.drivers, close: () => closers.close(logger) };
  } catch (error) {
    await closers.close(logger);
    throw error;
  }
}

async function urlOf(app: NestFastifyApplication): Promise<string> {
  return (await app.getUrl()).replace('[::1]', '127.0.0.1').replace(/\/$/, '');
}

function systemContext() {
  const requestId = newRequestId();
  return { actor: SYSTEM_ACTOR, requestId, commandId: requestId, correlationId: requestId, causationId: null };
}

function openSandbox(config: EmbeddedConfig): Promise<SandboxCloud> {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return startSandboxCloud({ port: config.sandboxPort, containerInfraUrl: `${config.publicUrl ?? `http://${host}:${config.port}`}/v1`, tokenTtlSeconds: config.tokenTtlSeconds });
}

/** The sandbox is reached exactly as a real Keystone is: over HTTP, as a service user. */
function cloudConfig(config: EmbeddedConfig, sandbox: SandboxCloud | null) {
  const { keystoneUser, keystoneProject, keystoneDomain, keystoneUrl, keystonePassword } = config;
  if (sandbox) {
    const user = readCloudFile().users.find(({ name }) => name === SANDBOX_SERVICE_USER)!;
    return { keystoneUrl: `${sandbox.url}/v3`, keystoneUser: user.name, keystonePassword: new Secret(user.password), keystoneProject: 'service', keystoneDomain: 'Default' };
  }
  return { keystoneUrl: keystoneUrl ?? 'http://127.0.0.1:5000/v3', keystoneUser, keystonePassword: keystonePassword ?? new Secret(''), keystoneProject, keystoneDomain };
}
