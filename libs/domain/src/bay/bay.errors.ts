import { DomainError } from '../kernel/error.ts';

export class BayNotFound extends DomainError {
  readonly code = 'BAY_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`Cluster ${ident} could not be found.`, { bay: ident });
  }
}

export class BayAlreadyExists extends DomainError {
  readonly code = 'BAY_ALREADY_EXISTS';
  readonly kind = 'conflict';
  constructor(bayId: string) {
    super(`A cluster with UUID ${bayId} already exists.`, { bayId });
  }
}

export class NodeGroupNotFound extends DomainError {
  readonly code = 'NODE_GROUP_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`Nodegroup ${ident} could not be found.`, { nodeGroup: ident });
  }
}

/** Magnum's base driver answers this; drivers that can, declare it. */
export class MasterResizeNotSupported extends DomainError {
  readonly code = 'MASTER_RESIZE_NOT_SUPPORTED';
  readonly kind = 'invalid';
  constructor() {
    super('Resizing the master nodegroup is not supported by this driver.');
  }
}

export class NodeCountOutOfBounds extends DomainError {
  readonly code = 'NODE_COUNT_OUT_OF_BOUNDS';
  readonly kind = 'invalid';
  constructor(nodeGroup: string, min: number, max: number | null) {
    super(`Resizing ${nodeGroup} outside the allowed range: min_node_count = ${min}, max_node_count = ${max ?? 'None'}`, { nodeGroup, min, max });
  }
}

export class NodesNotInGroup extends DomainError {
  readonly code = 'NODES_NOT_IN_GROUP';
  readonly kind = 'invalid';
  constructor(nodeGroup: string, nodes: readonly string[]) {
    super(`Nodes ${nodes.join(', ')} are not in nodegroup ${nodeGroup}.`, { nodeGroup, nodes });
  }
}

export class InvalidBay extends DomainError {
  readonly code = 'INVALID_BAY';
  readonly kind = 'invalid';
}

/** An operation says it is done and the bay's own facts do not show it: nothing is called complete without evidence. */
export class EvidenceMissing extends DomainError {
  readonly code = 'EVIDENCE_MISSING';
  readonly kind = 'conflict';
}
