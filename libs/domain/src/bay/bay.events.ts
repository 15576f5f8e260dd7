import type { DomainEvent } from '../kernel/event.ts';
import type { ExtensionCall, UpgradeTarget } from '../operation/operation.view.ts';
import type { CredentialEvent, CredentialRotation } from './bay.credentials.ts';
import type { MachineEvent } from './bay.machines.ts';
import type { BaySpec, BayStatus, HealthReport, NodeGroupChanges, NodeGroupView, NodeView } from './bay.view.ts';

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

/** How something ended that is not all that goes on in the bay. */
interface Ended extends OfOperation {
  /**
   * The bay's status from here on: in progress while another operation is open, failed while a node group is. Absent in
   * events of before node groups, where it follows from the type.
   */
  readonly bayStatus?: BayStatus;
  /** The same for the node group it is about. */
  readonly groupStatus?: BayStatus;
}

interface OfNodeGroup {
  /** Its name. */
  readonly nodeGroup: string;
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
  | DomainEvent<'BayResized', 1, Ended & { nodeGroup: string; nodeCount: number; outputs: BayOutputs }>
  /** `nodeCount` is what is really there. */
  | DomainEvent<'BayResizeFailed', 1, Ended & { nodeGroup: string; nodeCount: number; reason: string }>
  /** Accepted on the wire (Magnum answers 202 whatever the status) and then refused; the operation ends here. */
  | DomainEvent<'BayResizeRefused', 1, OfOperation & { nodeGroup: string; nodeCount: number; code: string; reason: string }>
  | DomainEvent<'NodeGroupCreationRequested', 1, OfOperation & { nodeGroup: NodeGroupView }>
  /** Every node of it that was asked for is there. */
  | DomainEvent<'NodeGroupCreated', 1, Ended & OfNodeGroup & { nodeCount: number; outputs: BayOutputs }>
  | DomainEvent<'NodeGroupCreationFailed', 1, Ended & OfNodeGroup & { reason: string }>
  | DomainEvent<'NodeGroupRevisionRequested', 1, OfOperation & OfNodeGroup & { changes: NodeGroupChanges }>
  | DomainEvent<'NodeGroupRevised', 1, Ended & OfNodeGroup & { outputs: BayOutputs }>
  | DomainEvent<'NodeGroupRevisionFailed', 1, Ended & OfNodeGroup & { reason: string }>
  /** As `BayResizeRefused`. */
  | DomainEvent<'NodeGroupRevisionRefused', 1, OfOperation & OfNodeGroup & { code: string; reason: string }>
  /** From here on none of its nodes is wanted. */
  | DomainEvent<'NodeGroupDeletionRequested', 1, OfOperation & OfNodeGroup & { fromCount: number }>
  /** None of its nodes is there any more, and the group is not either. */
  | DomainEvent<'NodeGroupDeleted', 1, Ended & OfNodeGroup>
  | DomainEvent<'NodeGroupDeletionFailed', 1, Ended & OfNodeGroup & { reason: string }>
  | DomainEvent<'BayUpgradeRequested', 1, OfOperation & { nodeGroups: readonly string[]; to: UpgradeTarget; maxBatchSize: number }>
  /** The bay, or the named node groups of it, are what the target says. */
  | DomainEvent<'BayUpgraded', 1, Ended & { nodeGroups: readonly string[]; to: UpgradeTarget; outputs: BayOutputs }>
  | DomainEvent<'BayUpgradeFailed', 1, Ended & { nodeGroups: readonly string[]; reason: string }>
  | DomainEvent<'CaRotationRequested', 1, OfOperation>
  /** Only the new authorities are trusted from here on. */
  | DomainEvent<'CaRotationCompleted', 1, Ended & { outputs: BayOutputs }>
  /** Old and new authorities are both there; the next rotation goes on with the same new ones. */
  | DomainEvent<'CaRotationFailed', 1, Ended & { reason: string }>
  | DomainEvent<'CredentialRotationRequested', 1, OfOperation & CredentialRotation>
  | DomainEvent<'CredentialRotationCompleted', 1, Ended & { outputs: BayOutputs }>
  | DomainEvent<'CredentialRotationFailed', 1, Ended & { reason: string }>
  /** A command of the driver's extension of the API, on its way to the driver. */
  | DomainEvent<'ExtensionRequested', 1, OfOperation & { call: ExtensionCall }>
  | DomainEvent<'ExtensionCompleted', 1, Ended & { alias: string; command: string; outputs: BayOutputs }>
  | DomainEvent<'ExtensionFailed', 1, Ended & { alias: string; command: string; reason: string }>
  /** Only changes are recorded. */
  | DomainEvent<'BayHealthChanged', 1, { bayId: string } & HealthReport>
  /** How many nodes its COE shows of a group, where that is not what was known last. */
  | DomainEvent<'NodeGroupObserved', 1, { bayId: string; nodeGroup: string; nodeCount: number; source: HealthReport['source'] }>
  | DomainEvent<'BayDeletionRequested', 1, OfOperation>
  /** Nothing of the bay is left outside. */
  | DomainEvent<'BayDeleted', 1, OfOperation>
  | DomainEvent<'BayDeletionFailed', 1, OfOperation & { reason: string }>
  | MachineEvent
  | CredentialEvent;
