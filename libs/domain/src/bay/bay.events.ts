import type { DomainEvent } from '../kernel/event.ts';
import type { BaySpec, NodeGroupView, NodeView } from './bay.view.ts';

/** What a finished operation reported of the bay; absent: not known or not changed. */
export interface BayOutputs {
  readonly stackId?: string;
  readonly apiAddress?: string;
  readonly coeVersion?: string;
  readonly containerVersion?: string;
  readonly discoveryUrl?: string;
}

interface OfOperation {
  readonly bayId: string;
  readonly operationId: string;
}

interface Seen extends OfOperation {
  /** Fencing token of the step that saw it; absent: seen by somebody who held no lease. */
  readonly token?: number;
}

export type BayEvent =
  /** A create was accepted; the bay exists from here on. */
  | DomainEvent<'BayCreationRequested', 1, OfOperation & { spec: BaySpec; nodeGroups: readonly NodeGroupView[] }>
  /** A create that reserved its quota never got this far and never will: the id is closed. */
  | DomainEvent<'BayCreationAbandoned', 1, { bayId: string; projectId: string }>
  /** Outside resources are about to be made; `resourceId` is unique in the bay. */
  | DomainEvent<'ResourcesIntended', 1, OfOperation & { resources: readonly { resourceId: string; type: string; name: string }[] }>
  /** Outside resources exist. */
  | DomainEvent<'ResourcesRecorded', 1, OfOperation & { resources: readonly { resourceId: string; externalId?: string }[] }>
  /** Outside resources are gone. */
  | DomainEvent<'ResourcesReleased', 1, OfOperation & { resourceIds: readonly string[] }>
  /** The COE itself reports the node. */
  | DomainEvent<'NodeJoined', 1, Seen & { node: NodeView }>
  | DomainEvent<'NodeRemoved', 1, Seen & { name: string; nodeGroup: string }>
  /** The infrastructure got its outside name (Heat's stack id and the like). */
  | DomainEvent<'BayStackAssigned', 1, Seen & { stackId: string }>
  /** Every node that was asked for is there. */
  | DomainEvent<'BayProvisioned', 1, OfOperation & { outputs: BayOutputs; nodeCount: number; masterCount: number }>
  /** `reason` names the step. */
  | DomainEvent<'BayCreationFailed', 1, OfOperation & { reason: string }>
  | DomainEvent<'BayResizeRequested', 1, OfOperation & { nodeGroup: string; fromCount: number; nodeCount: number; nodesToRemove: readonly string[] }>
  | DomainEvent<'BayResized', 1, OfOperation & { nodeGroup: string; nodeCount: number; outputs: BayOutputs }>
  /** `nodeCount` is what is really there. */
  | DomainEvent<'BayResizeFailed', 1, OfOperation & { nodeGroup: string; nodeCount: number; reason: string }>
  /** Accepted on the wire (Magnum answers 202 whatever the status) and then refused; the operation ends here. */
  | DomainEvent<'BayResizeRefused', 1, OfOperation & { nodeGroup: string; nodeCount: number; code: string; reason: string }>
  | DomainEvent<'BayDeletionRequested', 1, OfOperation>
  /** Nothing of the bay is left outside. */
  | DomainEvent<'BayDeleted', 1, OfOperation>
  | DomainEvent<'BayDeletionFailed', 1, OfOperation & { reason: string }>;
