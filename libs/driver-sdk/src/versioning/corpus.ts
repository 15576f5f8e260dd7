import type { BaySpec, BayView, OperationKind, OperationView } from '@jeroboam/domain';
import type { DriverManifest } from '../driver.contract.ts';
import { aBay, aBaySpec, aNodeGroup } from '../testing/samples.ts';

/** One recorded bay at the moment one operation was asked of it. Plain JSON. */
export interface RecordedCase {
  /** Unique in its corpus, e.g. `resize down, nodes named`. */
  readonly name: string;
  readonly bay: BayView;
  readonly operation: OperationView;
}

/** Operations by the capability they belong to; create and delete belong to every driver. */
const CASES: readonly (readonly [OperationKind, DriverManifest['capabilities']['operations'][number] | null])[] = [
  ['create', null], ['resize', 'resize'], ['create-node-group', 'node-groups'], ['update-node-group', 'node-groups'], ['delete-node-group', 'node-groups'],
  ['upgrade', 'upgrade'], ['rotate-ca', 'rotate-ca'], ['rotate-credential', 'rotate-credential'], ['delete', null],
];
const BAY_ID = '00000000-0000-4000-8000-000000000001';
const FURTHER = aNodeGroup('more', 2, { isDefault: false, flavorId: 'm1.large', nodeLabels: { disk: 'ssd' } });

/**
 * Bays for a driver of which none was recorded: every operation it claims, asked of one master and two workers. Of a driver
 * with templates also other bays, which use more of them: balancers, volumes, keys, networks that are there.
 */
export function sampleCorpus(manifest: DriverManifest): readonly RecordedCase[] {
  const { operations, masterCounts } = manifest.capabilities;
  const masters = Math.min(...masterCounts);
  const bay = aBay(specOf(manifest), { masters, workers: 2 });
  const grouped = manifest.bundles ? { ...bay, nodeGroups: [...bay.nodeGroups, FURTHER] } : bay;
  const plain = CASES.filter(([, capability]) => capability === null || operations.includes(capability)).map(([kind]) => {
    const asked = kind.endsWith('-node-group') ? grouped : bay;
    return { name: kind, bay: asked, operation: operationOf(kind, asked) };
  });
  return [...plain, ...(manifest.bundles ? furtherBays(manifest, masters) : [])];
}

/** What a bay in a cloud cannot do without; a driver of one host takes a bay as it is. */
function specOf(manifest: DriverManifest, more: Partial<BaySpec> = {}): BaySpec {
  const { networkDrivers } = manifest.capabilities;
  if (!manifest.bundles) return aBaySpec(manifest, { bayId: BAY_ID, ...more });
  const isMachine = manifest.provides[0]!.serverType === 'bm';
  return aBaySpec(manifest, {
    bayId: BAY_ID, externalNetworkId: 'public', flavorId: 'm1.small', masterFlavorId: 'm1.medium', networkDriver: networkDrivers[0] ?? null,
    ...(isMachine ? { fixedNetwork: 'metal' } : {}), ...more,
  });
}

function furtherBays(manifest: DriverManifest, masters: number): readonly RecordedCase[] {
  const isMachine = manifest.provides[0]!.serverType === 'bm';
  const named = (name: string, bay: BayView): RecordedCase => ({ name, bay, operation: operationOf('create', bay) });
  const asked = { keypair: 'a-key', floatingIpEnabled: true, dnsNameserver: '9.9.9.9', labels: { availability_zone: 'nova' } };
  const balanced = { ...asked, masterLbEnabled: true, fixedNetwork: 'n1', fixedSubnet: 's1', dockerVolumeSize: 10, labels: { boot_volume_size: '20', boot_volume_type: 'fast' } };
  const cases = [
    named('create, with floating addresses and a key', aBay(specOf(manifest, asked), { masters, workers: 1 })),
    ...manifest.capabilities.networkDrivers.slice(1).map((networkDriver) => named(`create, with ${networkDriver}`, aBay(specOf(manifest, { networkDriver }), { masters, workers: 1 }))),
  ];
  const most = Math.max(...manifest.capabilities.masterCounts.filter((count) => count <= 3));
  return isMachine ? cases : [...cases, named('create, behind a balancer in a network that is there, on volumes', aBay(specOf(manifest, balanced), { masters: most, workers: 2 }))];
}

function operationOf(kind: OperationKind, { spec, nodeGroups }: BayView): OperationView {
  const operation = { operationId: '00000000-0000-4000-8000-000000000002', kind, bayId: spec.bayId };
  if (kind === 'resize') return { ...operation, resize: { nodeGroup: 'default-worker', nodeCount: 3, nodesToRemove: [] } };
  if (kind.endsWith('-node-group')) return { ...operation, nodeGroup: nodeGroups.at(-1)!.name };
  if (kind !== 'upgrade') return operation;
  const to = { bayModelId: 'm2', imageId: 'i2', labels: {}, driver: spec.driver };
  return { ...operation, upgrade: { nodeGroups: ['default-master', 'default-worker'], to, maxBatchSize: 1 } };
}
