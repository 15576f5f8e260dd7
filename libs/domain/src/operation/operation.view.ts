export type OperationKind = 'create' | 'resize' | 'delete';

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
}
