import type { BayEvent, CertificateEvent, NodeGroupView, OperationEvent } from '@jeroboam/domain';
import type { WireEvent } from './wire-event.ts';

type Told = BayEvent | OperationEvent | CertificateEvent;
type Tellers = { readonly [T in Told['type']]: (data: Extract<Told, { readonly type: T }>['data'], event: WireEvent) => string };

/** What happened, in one line, of every event in a bay's story; a type left out does not compile. */
const TELLERS: Tellers = {
  BayCreationRequested: ({ spec, nodeGroups }, event) =>
    `${spec.name}: ${spec.coe} by driver ${spec.driver.name} ${spec.driver.version}, ${groups(nodeGroups)}${by(event)}`,
  BayCreationAbandoned: () => 'the creation never arrived; the id is closed',
  ResourcesIntended: ({ resources }) => `about to make ${listed(resources.map(({ type, name }) => `${type} ${name}`))}`,
  ResourcesRecorded: ({ resources }) => `made ${listed(resources.map(({ resourceId, externalId }) => withId(resourceId, externalId)))}`,
  ResourcesReleased: ({ resourceIds }) => `gone: ${listed(resourceIds)}`,
  NodeJoined: ({ node }) => `${withId(node.name, node.externalId)} at ${node.address}`,
  NodeRemoved: ({ name }) => name,
  BayStackAssigned: ({ stackId }) => `stack ${stackId}`,
  BayProvisioned: ({ masterCount, nodeCount, outputs }) => `${masters(masterCount)}, ${workers(nodeCount)}${at(outputs.apiAddress)}`,
  BayCreationFailed: ({ reason }) => reason,
  BayResizeRequested: ({ nodeGroup, fromCount, nodeCount, nodesToRemove }, event) =>
    `${nodeGroup} from ${fromCount} to ${nodeCount}${nodesToRemove.length > 0 ? `, without ${listed(nodesToRemove)}` : ''}${by(event)}`,
  BayResized: ({ nodeGroup, nodeCount }) => `${nodeGroup} has ${nodes(nodeCount)}`,
  BayResizeFailed: ({ nodeGroup, nodeCount, reason }) => `${nodeGroup} has ${nodes(nodeCount)}: ${reason}`,
  BayResizeRefused: ({ nodeGroup, nodeCount, reason }, event) => `${nodeGroup} to ${nodeCount}: ${reason}${by(event)}`,
  NodeGroupCreationRequested: ({ nodeGroup }, event) => `${nodeGroup.name} with ${nodes(nodeGroup.nodeCount)}${by(event)}`,
  NodeGroupCreated: ({ nodeGroup, nodeCount }) => `${nodeGroup} has ${nodes(nodeCount)}`,
  NodeGroupCreationFailed: ({ nodeGroup, reason }) => `${nodeGroup}: ${reason}`,
  NodeGroupRevisionRequested: ({ nodeGroup, changes }, event) => `${nodeGroup}: ${JSON.stringify(changes)}${by(event)}`,
  NodeGroupRevised: ({ nodeGroup }) => nodeGroup,
  NodeGroupRevisionFailed: ({ nodeGroup, reason }) => `${nodeGroup}: ${reason}`,
  NodeGroupRevisionRefused: ({ nodeGroup, reason }, event) => `${nodeGroup}: ${reason}${by(event)}`,
  NodeGroupDeletionRequested: ({ nodeGroup, fromCount }, event) => `${nodeGroup} with ${nodes(fromCount)}${by(event)}`,
  NodeGroupDeleted: ({ nodeGroup }) => nodeGroup,
  NodeGroupDeletionFailed: ({ nodeGroup, reason }) => `${nodeGroup}: ${reason}`,
  MachinesMetered: ({ machines }) => listed(machines.map(({ node, from, to }) => `${node} from ${from}${to === null ? '' : ` to ${to}`}`)),
  NodeGroupObserved: ({ nodeGroup, nodeCount, source }) => `${nodeGroup} shows ${nodes(nodeCount)}, says ${source}`,
  BayHealthChanged: ({ status, reason, source }) => [`${status ?? 'unknown'}, says ${source}`, ...Object.entries(reason).map(([name, text]) => `${name}: ${text}`)].join('; '),
  BayUpgradeRequested: ({ nodeGroups, to, maxBatchSize }, event) =>
    `${listed(nodeGroups)} to template ${to.bayModelId} by driver ${to.driver.name} ${to.driver.version}, ${nodes(maxBatchSize)} at a time${by(event)}`,
  BayUpgraded: ({ nodeGroups, to }) => `${listed(nodeGroups)} to template ${to.bayModelId}`,
  BayUpgradeFailed: ({ reason }) => reason,
  CaRotationRequested: (_data, event) => by(event).replace(/^, /, ''),
  CaRotationCompleted: () => 'only the new authorities are trusted',
  CaRotationFailed: ({ reason }) => reason,
  CredentialIntended: ({ name, mode }) => `to make ${name} as ${mode}`,
  CredentialMinted: ({ name, roles, expiresAt }) => `${name} with ${listed(roles)}${expiresAt === null ? '' : ` until ${expiresAt}`}`,
  CredentialRevoked: ({ name, leaves }) => `${name}${leaves ? `, which ${listed(leaves)} had still` : ''}`,
  CredentialGone: ({ name }) => `${name} was not there any more`,
  CredentialExpiring: ({ name, expiresAt }) => `${name} lets nobody in from ${expiresAt} on, unless a member has it rotated`,
  CredentialOrphaned: ({ name }) => `${name} lets nobody in any more`,
  CredentialRotationRequested: ({ purposes, rebindOwner }, event) => `${listed(purposes ?? ['all'])}${rebindOwner ? ', for whoever asked from here on' : ''}${by(event)}`,
  CredentialRotationCompleted: () => '',
  CredentialRotationFailed: ({ reason }) => reason,
  ExtensionRequested: ({ call }, event) => `${call.alias} ${call.command} ${JSON.stringify(call.arguments)}${by(event)}`,
  ExtensionCompleted: ({ alias, command }) => `${alias} ${command}`,
  ExtensionFailed: ({ alias, command, reason }) => `${alias} ${command}: ${reason}`,
  BayDeletionRequested: (_data, event) => by(event).replace(/^, /, ''),
  BayDeleted: () => 'nothing is left',
  BayDeletionFailed: ({ reason }) => reason,

  OperationQueued: ({ operation, deadlineAt }) => `${operation.kind}, to be done by ${deadlineAt}`,
  OperationStarted: () => '',
  OperationStepDispatched: ({ step, attempt, executorId }) => `${tried(step, attempt)} to ${executorId}`,
  OperationPlanned: ({ steps }) =>
    (steps.length === 0 ? 'nothing to do' : `${counted(steps.length, 'step')}: ${listed(steps.map(({ name }) => name))}`),
  OperationStepSucceeded: ({ step, attempt, outcome }) => {
    const joined = outcome.nodesJoined?.map(({ name }) => name) ?? [];
    const removed = outcome.nodesRemoved ?? [];
    const parts = [tried(step, attempt)];
    if (joined.length > 0) parts.push(`there: ${listed(joined)}`);
    if (removed.length > 0) parts.push(`gone: ${listed(removed)}`);
    return parts.join('; ');
  },
  OperationStepFailed: ({ step, attempt, reason, blockedBy, retryAt }) => {
    const blockers = blockedBy.length > 0 ? `; blocked by ${listed(blockedBy)}` : '';
    return `${tried(step, attempt)}: ${reason}${blockers}${retryAt === null ? '' : `; again at ${retryAt}`}`;
  },
  OperationStepLeaseExpired: ({ step, attempt, executorId }) => `${tried(step, attempt)}: ${executorId} was not heard of in time`,
  OperationSucceeded: ({ outputs }) => at(outputs.apiAddress).trimStart(),
  OperationFailed: ({ reason }) => reason,
  OperationTimedOut: ({ reason }) => reason,
  OperationSuperseded: ({ reason, by: newer }) => `${reason}, ${newer}`,

  BayAuthorityEstablished: ({ authority, notAfter }) => `${authority}, until ${notAfter}`,
  CertificateIssued: (data) => {
    const node = 'purpose' in data ? data.bootstrap : undefined;
    const whom = 'requester' in data ? `user ${data.requester.userId}` : node ? `the ${node.role} ${node.node}` : `a ${data.purpose}`;
    return `${data.subject || 'no subject'} for ${whom}, serial ${data.serial}, until ${data.notAfter}`;
  },
  AuthorityRotationStarted: (data) => `a new ${data.authority}`,
  AuthorityRotationCompleted: (data) => `the old ${data.authority} is destroyed`,
  BootstrapTokenMinted: ({ stack, masters, workers, expiresAt }) => `for ${masters} masters and ${workers} workers of ${stack}, until ${expiresAt}`,
  BootstrapTokensClosed: ({ stack }) => `the nodes of ${stack} are in`,
  NodeCredentialHandedOut: ({ credential, bootstrap: { role, node } }) => `${credential} to the ${role} ${node}`,
  NodeCredentialInUse: ({ credential, bootstrap: { role, node } }) => `${credential} by the ${role} ${node}`,
  BayAuthoritiesWithdrawn: () => 'nothing is signed any more',
};

/** What happened, in one line. Of an event this version does not know, its data. */
export function summaryOf(event: WireEvent): string {
  const tell = Object.hasOwn(TELLERS, event.type) && event.schema_version === 1 ? TELLERS[event.type as Told['type']] : undefined;
  return tell ? (tell as (data: unknown, event: WireEvent) => string)(event.data, event) : JSON.stringify(event.data);
}

/** Id of the operation an event belongs to; empty where it belongs to none. */
export function operationOf({ data }: WireEvent): string {
  const { operationId, operation } = data as { readonly operationId?: unknown; readonly operation?: { readonly operationId?: unknown } };
  const id = operationId ?? operation?.operationId;
  return typeof id === 'string' ? id : '';
}

const MAX_LISTED = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_LISTED;
  return rest > 0 ? `${names.slice(0, MAX_LISTED).join(', ')} and ${rest} more` : names.join(', ');
}

function groups(nodeGroups: readonly NodeGroupView[]): string {
  const count = (wanted: string) => nodeGroups.filter(({ role }) => role === wanted).reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  return `${masters(count('master'))}, ${workers(count('worker'))}`;
}

function by({ actor, request_id: requestId }: WireEvent): string {
  return `, by ${actor.user_id} (${requestId})`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
const masters = (count: number) => counted(count, 'master');
const workers = (count: number) => counted(count, 'worker');
const nodes = (count: number) => counted(count, 'node');
const at = (apiAddress: string | undefined) => (apiAddress === undefined ? '' : ` at ${apiAddress}`);
const withId = (name: string, externalId: string | undefined) => (externalId === undefined ? name : `${name} (${externalId})`);
const tried = (step: string, attempt: number) => (attempt > 1 ? `${step} (attempt ${attempt})` : step);
