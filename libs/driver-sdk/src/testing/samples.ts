import { randomUUID } from 'node:crypto';
import type { BaySpec, BayView, NodeGroupView } from '@jeroboam/domain';
import type { DriverManifest } from '../driver.contract.ts';

/** A sound manifest whose driver must not be made. */
export function aManifest(more: Partial<DriverManifest> = {}): DriverManifest {
  return {
    name: 'some_driver',
    version: '1.0.0',
    contract: 'bay-driver/v1',
    description: 'A driver in a test.',
    state: 'active',
    provides: [{ serverType: 'vm', os: 'debian', coe: 'swarm-mode' }],
    templateVersions: ['1.0.0'],
    capabilities: {
      operations: ['resize', 'health'],
      networkDrivers: ['docker'],
      volumeDrivers: [],
      storageDrivers: [],
      runtimeClasses: [],
      masterCounts: [1],
      maxNodes: 10,
      limitations: [],
    },
    create: () => {
      throw new Error('this manifest is only looked at');
    },
    ...more,
  };
}

/** A bay of the manifest's first type, as it was asked for. */
export function aBaySpec(manifest: DriverManifest, more: Partial<BaySpec> = {}): BaySpec {
  const [{ serverType, os, coe }] = manifest.provides as [DriverManifest['provides'][number]];
  return {
    bayId: randomUUID(),
    name: 'a-bay',
    projectId: 'p1',
    userId: 'u1',
    bayModelId: 'm1',
    coe,
    serverType,
    os,
    driver: {
      name: manifest.name,
      version: manifest.version,
      templateVersion: manifest.templateVersions.at(-1)!,
      resolvedBy: 'only-match',
    },
    keypair: null,
    labels: {},
    flavorId: null,
    masterFlavorId: null,
    imageId: 'i1',
    dockerVolumeSize: null,
    dockerStorageDriver: null,
    volumeDriver: null,
    networkDriver: null,
    externalNetworkId: null,
    fixedNetwork: null,
    fixedSubnet: null,
    dnsNameserver: null,
    floatingIpEnabled: false,
    masterLbEnabled: false,
    tlsDisabled: false,
    discoveryUrl: null,
    createTimeoutMinutes: null,
    ...more,
  };
}

export function aNodeGroup(name: string, nodeCount: number, more: Partial<NodeGroupView> = {}): NodeGroupView {
  return {
    nodeGroupId: `id-of-${name}`,
    name,
    role: name === 'default-master' ? 'master' : 'worker',
    nodeCount,
    minNodeCount: 0,
    maxNodeCount: null,
    flavorId: null,
    imageId: 'i1',
    dockerVolumeSize: null,
    labels: {},
    isDefault: name.startsWith('default-'),
    ...more,
  };
}

/** A bay of which nothing exists yet. */
export function aBay(spec: BaySpec, { masters = 1, workers = 1 }: { masters?: number; workers?: number } = {}): BayView {
  return {
    spec,
    nodeGroups: [aNodeGroup('default-master', masters, { imageId: spec.imageId }), aNodeGroup('default-worker', workers, { imageId: spec.imageId })],
    nodes: [],
    resources: [],
    stackId: null,
    apiAddress: null,
  };
}
