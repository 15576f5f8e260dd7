import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { newRequestId } from '@jeroboam/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readCloudFile } from './cloud/cloud-file.ts';
import { Cloud } from './cloud/cloud.ts';
import { expecting } from './http/api-error.ts';
import { SandboxAddress } from './http/sandbox-address.ts';
import { sufferRequestFaults } from './http/request-faults.ts';
import { Catalog } from './identity/catalog.ts';
import { KeypairStore } from './compute/keypair-store.ts';
import { systemClock } from './inventory/clock.ts';
import type { Clock } from './inventory/clock.ts';
import { noStore, openSqliteStore } from './inventory/document-store.ts';
import { randomIds } from './inventory/ids.ts';
import { DEFAULT_LATENCY } from './inventory/latency.ts';
import type { LatencyTable } from './inventory/latency.ts';
import { SimulatedCloud } from './inventory/simulated-cloud.ts';
import { SandboxOrchestration } from './orchestration/sandbox-orchestration.ts';
import { SandboxCloudModule } from './sandbox-cloud.module.ts';

export interface SandboxCloudOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Scheme, host and port under which clients reach the sandbox, for its catalog. @default where it listens */
  readonly publicUrl?: string;
  /** Catalog entry `container-infra`, with `/v1`: the API that is being tried. */
  readonly containerInfraUrl: string;
  /** Another Keystone, with `/v3`, whose tokens count instead of the sandbox's own; then there is no `/v3` here. */
  readonly identityUrl?: string;
  /** JSON file that says what is in the cloud. @default the `cloud.json` of this package */
  readonly cloudFile?: string;
  /** @default 3600 */
  readonly tokenTtlSeconds?: number;
  /** Lets it listen on other than loopback addresses. Its passwords are known to everybody. @default false */
  readonly allowPublic?: boolean;
  /** Folder to keep stacks and what they are made of in; without it the sandbox begins empty every time. */
  readonly dataDir?: string;
  /** How long the services take, in milliseconds: see `DEFAULT_LATENCY`, which counts without it. */
  readonly latency?: LatencyTable;
  /** Milliseconds since 1970, for tokens. @default Date.now */
  readonly now?: () => number;
  /** Time in which everything else happens. @default the host's */
  readonly clock?: Clock;
}

export interface SandboxService {
  /** `image`, `compute`, … */
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

export interface SandboxCloud {
  /** Scheme, host and port; a client's `OS_AUTH_URL` is this with `/v3`, unless there is an `identityUrl`. */
  readonly url: string;
  /** What a catalog says of it and of the API under trial; with an `identityUrl` without the identity service. */
  readonly services: readonly SandboxService[];
  close(): Promise<void>;
}

/** No request to the sandbox is larger; the largest carries a template with its files. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Names of 255 characters, each encoded as up to nine. */
const MAX_PATH_SEGMENT = 4_096;

/**
 * Starts the sandbox cloud; ready when the promise resolves.
 *
 * @throws when it would listen on more than loopback without `allowPublic`, when the cloud file is not usable, or when the port is taken.
 */
export async function startSandboxCloud(options: SandboxCloudOptions): Promise<SandboxCloud> {
  const { host = '127.0.0.1', port, allowPublic = false } = options;
  if (!allowPublic && !isLoopback(host)) {
    throw new Error(`The sandbox cloud refuses to listen on ${host}: everybody knows its passwords. To allow it, set allowPublic.`);
  }
  const { app, address } = await createSandboxApp(options);
  await app.listen(port, host);
  address.url = options.publicUrl?.replace(/\/+$/, '') ?? urlOf(app.getHttpServer().address() as AddressInfo);
  const services = app.get(Catalog).services().filter(({ type }) => options.identityUrl === undefined || type !== 'identity');
  return { url: address.url, services, close: () => app.close() };
}

/** The application before it listens: what tests send their requests into. */
export async function createSandboxApp(options: SandboxCloudOptions): Promise<{ app: NestFastifyApplication; address: SandboxAddress }> {
  const { containerInfraUrl, identityUrl, tokenTtlSeconds = 3_600, now = Date.now } = options;
  const address = new SandboxAddress();
  const orchestration = openOrchestration(options, address);
  const module = SandboxCloudModule.register({
    orchestration, address, containerInfraUrl, tokenTtlMs: tokenTtlSeconds * 1_000, now,
    ...(identityUrl !== undefined && { identityUrl: identityUrl.replace(/\/+$/, '') }),
  });
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES, routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_SEGMENT }, forceCloseConnections: true,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: ['error', 'warn'], abortOnError: false });
  app.useBodyParser('application/json', {}, (_, body, done) => {
    // Clients send this content type also with a request that has no body.
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(body.toString()) as unknown);
    } catch {
      done(Object.assign(new Error(expecting('valid JSON')), { statusCode: 400 }));
    }
  });
  adapter.getInstance().addHook('onRequest', (_, reply, done) => {
    void reply.header('x-openstack-request-id', newRequestId()).header('vary', 'X-Auth-Token');
    done();
  });
  sufferRequestFaults(adapter.getInstance(), orchestration.sim.faults);
  adapter.getInstance().addHook('onClose', async () => {
    await orchestration.close();
    await orchestration.sim.documents.close();
  });
  orchestration.start();
  return { app, address };
}

function openOrchestration(
  { cloudFile, dataDir, latency = DEFAULT_LATENCY, clock = systemClock }: SandboxCloudOptions, address: SandboxAddress,
): SandboxOrchestration {
  const cloud = new Cloud(readCloudFile(cloudFile));
  const documents = dataDir === undefined ? noStore : openSqliteStore(dataDir);
  const keypairs = new KeypairStore(cloud, documents);
  return new SandboxOrchestration(
    new SimulatedCloud({ cloud, keypairs, documents, clock, ids: randomIds, latency }), () => address.url,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
