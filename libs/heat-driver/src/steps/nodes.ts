import type { NodeGroupView, NodeView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { nodeName } from '../bay/members.ts';
import { hostsOf } from '../bay/names.ts';
import { inCloud } from '../stack/reasons.ts';
import type { FoundStack } from '../stack/stack-service.port.ts';
import { awaitStack } from './make.ts';
import { hasScale, targetOf, wantedScale } from './target.ts';
import type { Target } from './target.ts';
import type { Work } from './work.ts';

/** Nodes of one group as the outputs of its stack tell them, oldest first. Those without an address are left out. */
export function nodesIn({ name: stack, outputs }: Pick<FoundStack, 'name' | 'outputs'>, group: NodeGroupView): readonly NodeView[] {
  const role = group.role === 'master' ? 'master' : 'worker';
  const addresses = mapOf(outputs[`${role}_addresses`]);
  const servers = mapOf(outputs[`${role}_servers`]);
  return Object.entries(addresses)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([number, address]) => {
      const server = servers[number];
      return { name: nodeName(group, Number(number)), nodeGroup: group.name, address, hostName: `${hostsOf(stack, group)}-${number}`, ...(typeof server === 'string' ? { externalId: server } : {}) };
    });
}

/**
 * Says which nodes there are. A stack is complete only when its nodes signalled that their COE lists them as ready, which
 * is what the wait conditions of our templates are for; so its outputs are evidence.
 */
export async function reportNodes(work: Work): Promise<StepResult> {
  const { context: { bay } } = work;
  const target = targetOf(work.context);
  const { entry, groups, nodeGroup } = target;
  const stack = await asWanted(work, target);
  if (stack?.progress !== 'complete') throw new StepFailed(`The stack ${entry.name} is ${stack ? `${stack.action} ${stack.progress}` : 'not there'}`, { retryable: true });
  const nodes = groups.flatMap((group) => complete(stack, group));
  const there = new Set(nodes.map(({ name }) => name));
  const ours = new Set(groups.map(({ name }) => name));
  const gone = bay.nodes.filter((node) => ours.has(node.nodeGroup) && !there.has(node.name)).map(({ name }) => name);
  return { nodesJoined: nodes, nodesRemoved: gone, ...(nodeGroup === null ? { outputs: outputsOf(stack) } : {}) };
}

/** A node group may have been resized while it was made: what is wanted now is what has to be there. Resizes end one another. */
async function asWanted(work: Work, target: Target): Promise<FoundStack | undefined> {
  const { entry: { name } } = target;
  const found = await inCloud(work.stacks.find(name));
  if (work.context.operation.resize || found?.progress !== 'complete' || hasScale(found, wantedScale(work.context, target, found))) return found;
  await awaitStack(work);
  return inCloud(work.stacks.find(name));
}

/** @throws {StepFailed} the stack claims to be complete and tells other nodes than were asked for. */
function complete(stack: FoundStack, group: NodeGroupView): readonly NodeView[] {
  const nodes = nodesIn(stack, group);
  if (nodes.length === group.nodeCount) return nodes;
  throw new StepFailed(`The stack ${stack.name} is complete and tells the addresses of ${nodes.length} nodes of ${group.name}, not of ${group.nodeCount}`, { retryable: true });
}

function outputsOf({ id, outputs }: FoundStack): NonNullable<StepResult['outputs']> {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const apiAddress = text(outputs['api_address']);
  const coeVersion = text(outputs['coe_version']);
  const containerVersion = text(outputs['container_version']);
  return { stackId: id, ...(apiAddress && { apiAddress }), ...(coeVersion && { coeVersion }), ...(containerVersion && { containerVersion }) };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
