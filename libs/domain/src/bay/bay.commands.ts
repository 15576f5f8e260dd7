import type { Command } from '../kernel/decider.ts';
import type { CredentialCommand, CredentialRotation } from './bay.credentials.ts';
import type { BayOutputs } from './bay.events.ts';
import type { MachineView } from './bay.machines.ts';
import type { ExtensionCall, UpgradeTarget } from '../operation/operation.view.ts';
import type { BaySpec, HealthReport, NodeGroupChanges, NodeGroupView, NodeView } from './bay.view.ts';

interface OfOperation {
  readonly operationId: string;
}

/** How many nodes a group is to have: so many, or so many more (fewer, if negative) than it has when that is decided. */
export type WantedCount = number | { readonly change: number };

export type BayCommand =
  | Command<'CreateBay', OfOperation & { spec: BaySpec; nodeGroups: readonly NodeGroupView[] }>
  /** Closes the id of a create that reserved quota and never arrived. */
  | Command<'AbandonBayCreation', { bayId: string; projectId: string }>
  | Command<'ResizeBay', OfOperation & { nodeGroup: string; nodeCount: WantedCount; nodesToRemove: readonly string[] }>
  | Command<'CreateNodeGroup', OfOperation & { nodeGroup: NodeGroupView }>
  /** `nodeGroup`: name or id, here and below. */
  | Command<'ReviseNodeGroup', OfOperation & { nodeGroup: string; changes: NodeGroupChanges }>
  | Command<'DeleteNodeGroup', OfOperation & { nodeGroup: string }>
  /** `nodeGroup` null: the bay itself, which is its default groups. */
  | Command<'UpgradeBay', OfOperation & { nodeGroup: string | null; to: UpgradeTarget; maxBatchSize: number }>
  | Command<'RotateCa', OfOperation>
  | Command<'RotateCredential', OfOperation & CredentialRotation>
  | Command<'RunExtension', OfOperation & { call: ExtensionCall }>
  | Command<'ReportBayHealth', HealthReport & { observedNodes?: Readonly<Record<string, number>> }>
  | Command<'DeleteBay', OfOperation>
  | Command<'IntendResources', OfOperation & { resources: readonly { resourceId: string; type: string; name: string }[] }>
  | Command<'RecordResources', OfOperation & { resources: readonly { resourceId: string; externalId?: string }[] }>
  | Command<'ReleaseResources', OfOperation & { resourceIds: readonly string[] }>
  | CredentialCommand
  /**
   * What a step saw: nodes that are there now, nodes that are gone, outside names. `token` is the step's fencing token:
   * what an earlier step saw than the one that was heard last is old news, however late it is told again.
   */
  | Command<'ObserveBay', OfOperation & { token?: number; joined: readonly NodeView[]; removed: readonly string[]; machines?: readonly MachineView[]; stackId?: string }>
  /** The operation's steps all succeeded. */
  | Command<'CompleteOperation', OfOperation & { outputs: BayOutputs }>
  /** The operation ended without success. */
  | Command<'FailOperation', OfOperation & { reason: string }>;
