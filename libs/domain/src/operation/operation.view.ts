import type { CredentialRotation } from '../bay/bay.credentials.ts';
import type { DriverReference } from '../bay/bay.view.ts';
import { derivedId } from '../kernel/id.ts';

export type OperationKind =
  | 'create' | 'resize' | 'delete'
  | 'create-node-group' | 'update-node-group' | 'delete-node-group'
  | 'upgrade' | 'rotate-ca' | 'rotate-credential'
  /** Something only the bay's driver knows to do. */
  | 'extension';

/** Which command of a driver's extension of the API is carried out. Plain JSON, no secret: it is kept in the log. */
export interface ExtensionCall {
  readonly alias: string;
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Where an upgrade leads: what of the new bay model changes in a bay that is there already. */
export interface UpgradeTarget {
  readonly bayModelId: string;
  readonly imageId: string;
  /** Laid over the labels that are there. */
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: DriverReference;
}

/** One accepted lifecycle request, as drivers and clients see it. */
export interface OperationView {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly bayId: string;
  /** Only for `resize`. */
  readonly resize?: {
    readonly nodeGroup: string;
    readonly nodeCount: number;
    /** Names or addresses of the nodes that are to go first; empty: the newest. */
    readonly nodesToRemove: readonly string[];
  };
  /** The name of the one node group that is made, changed or taken away; what is wanted of it is in the bay. */
  readonly nodeGroup?: string;
  /** Only for `upgrade`: which node groups go there, at most so many nodes at a time. */
  readonly upgrade?: { readonly nodeGroups: readonly string[]; readonly to: UpgradeTarget; readonly maxBatchSize: number };
  /** Only for `rotate-credential`. @default everything, for whoever owns the bay */
  readonly rotation?: CredentialRotation;
  /** Only for `extension`. */
  readonly extension?: ExtensionCall;
}

/** The operation that a command asks for: whoever sends it knows it before the answer. */
export function operationIdOf(commandId: string): string {
  return derivedId(commandId, 'operation');
}

/** Whose code carries an operation out: the version that made the bay, or the one that an upgrade leads to. */
export function driverOf(operation: Pick<OperationView, 'upgrade'>, spec: { readonly driver: DriverReference }): DriverReference {
  return operation.upgrade?.to.driver ?? spec.driver;
}

/** What an operation is about: `nodeGroup` null: the whole bay. */
export interface OperationScope {
  readonly kind: OperationKind;
  readonly nodeGroup: string | null;
}

export function scopeOf({ kind, resize, nodeGroup }: OperationView): OperationScope {
  return { kind, nodeGroup: resize?.nodeGroup ?? nodeGroup ?? null };
}

/**
 * Whether the older one is not worth finishing once the newer was accepted. A delete ends everything before it, of the
 * bay or of the node group; of two sizes of a node group the newest counts.
 */
export function supersedes(newer: OperationScope, older: OperationScope): boolean {
  if (newer.kind === 'delete') return true;
  if (newer.nodeGroup === null || newer.nodeGroup !== older.nodeGroup) return false;
  return newer.kind === 'delete-node-group' || (newer.kind === 'resize' && older.kind === 'resize');
}
