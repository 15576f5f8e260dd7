import type { NodesToCome } from '@jeroboam/driver-sdk';
import { membersOf } from '../bay/members.ts';
import { declaredIn } from '../bundle/parameters.ts';
import { scaleOf } from '../stack/stack-change.ts';
import type { FoundStack } from '../stack/stack-service.port.ts';
import { scaleNames } from './target.ts';
import type { Target } from './target.ts';
import { bundleOf } from './work.ts';
import type { Work } from './work.ts';

/** Parameter of templates whose nodes ask for their certificates. */
const BOOTSTRAP_TOKEN = 'bootstrap_token';

export function templateOf({ nodeGroup }: Target): 'bay.yaml' | 'node-group.yaml' {
  return nodeGroup === null ? 'bay.yaml' : 'node-group.yaml';
}

/** Lets the nodes of a stack ask for their certificates. @returns the token, empty where the template wants none. */
export async function tokenFor(work: Work, target: Target): Promise<string> {
  return lets(work, target) ? work.context.certificates.bootstrapToken(nodesOf(target)) : '';
}

/**
 * The parameter for nodes that an update makes: the token of before is over, or was used. Where nodes only leave there is
 * none, as a new value has Heat go through every node.
 */
export async function freshToken(work: Work, target: Target, found: FoundStack, scale: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, string>>> {
  const mayMakeNodes = found.progress === 'failed' || brings(target, found, scale);
  return mayMakeNodes && lets(work, target) ? { [BOOTSTRAP_TOKEN]: await tokenFor(work, target) } : {};
}

/** The stack is complete: whoever comes now is none of its nodes. */
export async function shutOut(work: Work, target: Target): Promise<void> {
  if (lets(work, target)) await work.context.certificates.nodesAreIn(target.entry.name);
}

function lets({ blueprint, context: { bay, operation } }: Work, target: Target): boolean {
  return declaredIn(bundleOf(blueprint, operation, bay.spec).files[templateOf(target)]!).includes(BOOTSTRAP_TOKEN);
}

function nodesOf({ entry, groups }: Target): NodesToCome {
  const count = (isMaster: boolean) => groups.filter(({ role }) => (role === 'master') === isMaster).reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  return { stack: entry.name, masters: count(true), workers: count(false) };
}

function brings({ groups }: Target, found: FoundStack, scale: Readonly<Record<string, unknown>>): boolean {
  const wanted = { parameters: Object.fromEntries(Object.entries(scale).map(([name, value]) => [name, String(value)])) };
  return groups.some((group) => {
    const there = new Set(membersOf(scaleOf(found, scaleNames(group))));
    return membersOf(scaleOf(wanted, scaleNames(group))).some((number) => !there.has(number));
  });
}
