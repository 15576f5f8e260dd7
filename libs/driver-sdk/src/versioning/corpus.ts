import type { BayView, OperationKind, OperationView } from '@jeroboam/domain';
import type { DriverManifest } from '../driver.contract.ts';
import { aBay, aBaySpec } from '../testing/samples.ts';

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

/** A bay for a driver of which none was recorded: every operation it claims, asked of one master and two workers. */
export function sampleCorpus(manifest: DriverManifest): readonly RecordedCase[] {
  const { operations, masterCounts } = manifest.capabilities;
  const bay = aBay(aBaySpec(manifest, { bayId: BAY_ID }), { masters: Math.min(...masterCounts), workers: 2 });
  return CASES.filter(([, capability]) => capability === null || operations.includes(capability))
    .map(([kind]) => ({ name: kind, bay, operation: operationOf(kind, bay) }));
}

function operationOf(kind: OperationKind, { spec }: BayView): OperationView {
  const operation = { operationId: '00000000-0000-4000-8000-000000000002', kind, bayId: spec.bayId };
  if (kind === 'resize') return { ...operation, resize: { nodeGroup: 'default-worker', nodeCount: 3, nodesToRemove: [] } };
  if (kind.endsWith('-node-group')) return { ...operation, nodeGroup: 'default-worker' };
  if (kind !== 'upgrade') return operation;
  const to = { bayModelId: 'm2', imageId: 'i2', labels: {}, driver: spec.driver };
  return { ...operation, upgrade: { nodeGroups: ['default-master', 'default-worker'], to, maxBatchSize: 1 } };
}
