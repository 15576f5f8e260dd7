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

export class NoCredentialForPurpose extends DomainError {
  readonly code = 'NO_CREDENTIAL_FOR_PURPOSE';
  readonly kind = 'invalid';
  constructor(bayId: string, purposes: readonly string[]) {
    super(`Cluster ${bayId} has no credential for ${purposes.join(', ')}.`, { bayId, purposes });
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

/** Magnum's words; `doing` is `Updating`, `Resizing` or `Upgrading`. */
export class StatusForbids extends DomainError {
  readonly code = 'STATUS_FORBIDS';
  readonly kind = 'invalid';
  constructor(doing: string, status: string) {
    super(`${doing} a cluster when status is "${status}" is not supported.`, { status });
  }
}

export class NodeGroupAlreadyExists extends DomainError {
  readonly code = 'NODE_GROUP_ALREADY_EXISTS';
  readonly kind = 'conflict';
  constructor(nodeGroup: string, bay: string) {
    super(`A node group with name ${nodeGroup} already exists in the cluster ${bay}.`, { nodeGroup, bay });
  }
}

/** Magnum answers what does not fit together in a node group with 409. */
export class InvalidNodeGroup extends DomainError {
  readonly code = 'INVALID_NODE_GROUP';
  readonly kind = 'conflict';
  constructor(nodeGroup: string, attribute: string, explanation: string) {
    super(`${attribute} for ${nodeGroup} is invalid (${explanation}).`, { nodeGroup, attribute });
  }
}

export class MasterNodeGroupNotSupported extends DomainError {
  readonly code = 'MASTER_NODE_GROUP_NOT_SUPPORTED';
  readonly kind = 'invalid';
  constructor() {
    super('Creating master nodegroups is currently not supported.');
  }
}

export class DefaultNodeGroupNotDeletable extends DomainError {
  readonly code = 'DEFAULT_NODE_GROUP_NOT_DELETABLE';
  readonly kind = 'invalid';
  constructor() {
    super('Deleting a default nodegroup is not supported.');
  }
}

/** A node group joins by the bay's API, which is not there before the bay was created. */
export class ApiAddressUnavailable extends DomainError {
  readonly code = 'API_ADDRESS_UNAVAILABLE';
  readonly kind = 'conflict';
  constructor() {
    super('Cluster API address is not available yet');
  }
}
