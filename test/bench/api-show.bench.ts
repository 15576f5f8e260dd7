import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { createApiApp } from '@jeroboam/api';
import type { ApiDependencies } from '@jeroboam/api';
import { derivedId } from '@jeroboam/domain';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { openKeystone } from '@jeroboam/openstack';
import type { HttpResponse } from '@jeroboam/openstack';
import { silentLogger, systemClock } from '@jeroboam/platform';
import { BAYS, BAY_MODELS, EVERYBODY, openSqliteReadModel } from '@jeroboam/read-model';
import type { BayDocument, BayModelDocument, ReadModel } from '@jeroboam/read-model';
import { median, printRows } from './bench.ts';
import type { BenchRow } from './bench.ts';
import { requestsPerSecond } from './http-load.ts';

// GET /v1/clusters/{id} with a token that was validated before, against bare Fastify that answers the same object
// without asking anybody for it. Ours authenticates, negotiates, reads a bay and its model from SQLite and shows it. Many
// asking for one bay is what waiting for it looks like, and share the reading; each asking for another do not.

const BAY_COUNT = 1_000;
const CONNECTIONS = 32;
const ROUNDS = 7;
const WINDOW_MS = 700;
const TOKEN = 'gAAAAABbench'.padEnd(180, 'x');

const HEADERS = ['Host: 127.0.0.1', 'Accept: application/json', `X-Auth-Token: ${TOKEN}`, 'OpenStack-API-Version: container-infra latest'];

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const readModel = await openSqliteReadModel({ path: join(folder, 'read.db') });
  const ids = await fill(readModel);
  const api = await createApiApp(dependencies(readModel));
  await api.listen(0, '127.0.0.1');
  const base = await api.getUrl();
  const bare = fastify();
  const shown: unknown = await (await fetch(`${base}/v1/clusters/${ids[0]}`, { headers: { 'x-auth-token': TOKEN } })).json();
  bare.get('/v1/clusters/:ident', (_request, reply) => reply.send(shown));
  const bareUrl = await bare.listen({ port: 0, host: '127.0.0.1' });
  try {
    const requests = ids.map((id) => [`GET /v1/clusters/${id} HTTP/1.1`, ...HEADERS, '', ''].join('\r\n'));
    const [ours, floor] = [base, bareUrl].map((url) => Number(new URL(url).port)) as [number, number];
    return [
      await row('GET /v1/clusters/{id}, one bay', requests.slice(0, 1), ours, floor, 'ratio >= 0.5'),
      await row(`GET /v1/clusters/{id}, ${BAY_COUNT} bays in turn`, requests, ours, floor),
    ];
  } finally {
    await api.close();
    await bare.close();
    await readModel.close();
    rmSync(folder, { recursive: true });
  }
}

async function row(name: string, requests: readonly string[], ours: number, floor: number, target?: string): Promise<BenchRow> {
  const rate = (port: number) => requestsPerSecond({ port, requests, connections: CONNECTIONS, durationMs: WINDOW_MS });
  for (const port of [ours, floor, ours, floor]) await rate(port);
  const pairs: { readonly ours: number; readonly floor: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) pairs.push({ ours: await rate(ours), floor: await rate(floor) });
  return {
    name, value: median(pairs.map((pair) => pair.ours)), unit: 'requests/s', floor: median(pairs.map((pair) => pair.floor)),
    ratio: median(pairs.map((pair) => pair.ours / pair.floor)), ...(target === undefined ? {} : { target }),
  };
}

/** What this one path needs; asked for more, it breaks. */
function dependencies(readModel: ReadModel): ApiDependencies {
  const keystone = openKeystone({
    authUrl: 'http://keystone.test/v3', username: 'magnum', password: 'x', projectName: 'service',
    http: async ({ method }) => keystoneAnswer(method),
  });
  return { readModel, keystone, drivers: new DriverRegistry([]), log: new InMemoryEventLog(), logger: silentLogger, clock: systemClock } as unknown as ApiDependencies;
}

function keystoneAnswer(method: string): HttpResponse {
  const token = {
    expires_at: '2099-01-01T00:00:00.000000Z', user: { id: 'u1', name: 'demo', domain: { id: 'default' } },
    project: { id: 'p1', name: 'demo', domain: { id: 'default' } },
    roles: [{ name: 'member' }, { name: 'reader' }], catalog: [],
  };
  return { status: method === 'POST' ? 201 : 200, headers: { 'x-subject-token': 'own' }, body: JSON.stringify({ token }) };
}

async function fill(readModel: ReadModel): Promise<readonly string[]> {
  await readModel.ensure([BAYS, BAY_MODELS]);
  const ids = Array.from({ length: BAY_COUNT }, (_, index) => derivedId('bench', index));
  const position = '00000000000000000001';
  const changes = [
    { kind: 'upsert' as const, collection: BAY_MODELS.name, document: MODEL, position },
    ...ids.map((id, index) => ({ kind: 'upsert' as const, collection: BAYS.name, document: bay(id, index), position })),
  ];
  await readModel.commit('bench', undefined, position, changes);
  return ids;
}

const SHARED = {
  keypairId: 'testkey', externalNetworkId: 'public', fixedNetwork: null, fixedSubnet: null, networkDriver: 'docker', volumeDriver: null,
  dockerStorageDriver: null,
  dockerVolumeSize: 5, flavorId: 'm1.small', masterFlavorId: 'm1.small', dnsNameserver: '8.8.8.8', imageId: 'debian-12', projectId: 'p1',
  userId: 'u1', coe: 'swarm-mode',
  serverType: 'vm', masterLbEnabled: false, floatingIpEnabled: true, tlsDisabled: false,
} as const;

const MODEL: BayModelDocument = {
  ...SHARED, id: derivedId('bench', 'model'), bayModelId: derivedId('bench', 'model'), name: 'swarm', clusterDistro: 'debian',
  apiserverPort: null, httpProxy: null,
  httpsProxy: null, noProxy: null, insecureRegistry: null, registryEnabled: false, public: true, hidden: false,
  labels: { kube_tag: 'v1', tier: 'bench' }, tags: null,
  driver: null, visibleTo: EVERYBODY, createdAt: '2026-11-01T12:00:00.000Z', updatedAt: null,
};

function bay(id: string, index: number): BayDocument {
  const name = `bench-${String(index).padStart(4, '0')}`;
  const labels = { kube_tag: 'v2', tier: 'bench', more: 'yes' };
  const group = (role: 'master' | 'worker', nodeCount: number) => ({
    nodeGroupId: derivedId(id, role), name: `default-${role}`, role, nodeCount, minNodeCount: 0, maxNodeCount: null, flavorId: 'm1.small',
    imageId: 'debian-12',
    dockerVolumeSize: 5, labels, isDefault: true, status: 'CREATE_COMPLETE' as const, statusReason: null, nodeAddresses: ['10.0.0.4'],
    stackId: id,
    createdAt: '2026-11-01T12:00:00.000Z', updatedAt: '2026-11-01T12:05:00.000Z',
  });
  return {
    id, name, bayModelId: MODEL.id, projectId: 'p1', userId: 'u1', status: 'CREATE_COMPLETE', statusReason: null, healthStatus: 'HEALTHY',
    healthStatusReason: { api: 'ok' },
    spec: {
      ...SHARED, bayId: id, name, bayModelId: MODEL.id, os: 'debian', labels, discoveryUrl: null, createTimeoutMinutes: 60,
      keypair: 'testkey',
      driver: { name: 'swarm_local', version: '1.0.0', templateVersion: '1.0.0', resolvedBy: 'only-match' },
    },
    nodeGroups: [group('master', 1), group('worker', 3)], nodeCount: 3, masterCount: 1, nodeAddresses: ['10.0.0.5', '10.0.0.6', '10.0.0.7'],
    masterAddresses: ['10.0.0.4'],
    stackId: id, apiAddress: 'tcp://10.0.0.4:2376', coeVersion: '20.10', containerVersion: '20.10', discoveryUrl: null,
    createdAt: '2026-11-01T12:00:00.000Z', updatedAt: '2026-11-01T12:05:00.000Z', operationId: derivedId(id, 'operation'), faults: {},
  };
}

if (import.meta.main) printRows(await run());
