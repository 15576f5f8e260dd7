import type { ApiDependencies } from '@jeroboam/api';
import { derivedId } from '@jeroboam/domain';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { openKeystone } from '@jeroboam/openstack';
import type { HttpResponse } from '@jeroboam/openstack';
import { silentLogger, systemClock } from '@jeroboam/platform';
import { BAYS, BAY_MODELS, EVERYBODY } from '@jeroboam/read-model';
import type { BayDocument, BayModelDocument, ReadModel } from '@jeroboam/read-model';

// An API over a read model full of bays, for benches of reading.

const TOKEN = 'gAAAAABbench'.padEnd(180, 'x');

/** Of every request; the version is the newest. */
export const HEADERS = { host: '127.0.0.1', accept: 'application/json', 'x-auth-token': TOKEN, 'openstack-api-version': 'container-infra latest' };

/** A GET as it goes over the wire. */
export function getRequest(path: string): string {
  return [`GET ${path} HTTP/1.1`, ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

/** What reading bays needs; asked for more, it breaks. @param auth `none`: nobody is asked who they are. */
export function apiDependencies(readModel: ReadModel, auth: 'cached token' | 'none' = 'cached token'): ApiDependencies {
  const keystone = auth === 'none' ? 'none' : openKeystone({
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

/** @returns ids of the bays. */
export async function fillWithBays(readModel: ReadModel, count: number): Promise<readonly string[]> {
  await readModel.ensure([BAYS, BAY_MODELS]);
  const ids = Array.from({ length: count }, (_, index) => derivedId('bench', index));
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
