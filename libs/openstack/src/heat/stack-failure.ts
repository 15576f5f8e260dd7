import type { Stack, StackEvent, StackFailure, StackResource } from './heat-stacks.port.ts';

/** What the second word of a resource type means as a service. */
const SERVICES: Readonly<Record<string, string>> = {
  Nova: 'compute', Neutron: 'network', Cinder: 'volume', Glance: 'image', Octavia: 'load-balancer', Barbican: 'key-manager',
  Keystone: 'identity', Heat: 'orchestration',
};

/** Tried in this order. Heat only passes on what services say, so their words are all there is to tell by. */
const CAUSES: readonly (readonly [StackFailure['cause'], RegExp])[] = [
  ['quota', /quota|OverLimit|RequestLimitExceeded/i],
  ['in-use', /in use|InUse|HTTP 409|has one or more ports|Conflict/i],
  ['timeout', /timed?[ -]?out/i],
  ['not-authorized', /HTTP 40[13]|Unauthorized|Forbidden|AuthorizationFailure/i],
];

/** What a resource says that only fell with another one. */
const FELL_WITH_OTHERS = /abort|cancel/i;

/**
 * Finds the first cause: the deepest failed resource that does not merely hold a failed one, nor was stopped because of
 * another; of several the one that failed first.
 */
export function failureOf(stack: Stack, resources: readonly StackResource[]): StackFailure {
  const failed = resources.filter(({ progress }) => progress === 'failed');
  const deepest = failed.filter((one) => !failed.some((other) => other !== one && holds(one, other)));
  const [first] = deepest.toSorted((a, b) => rank(a) - rank(b) || compare(a.updatedAt, b.updatedAt));
  if (!first) return { path: [], type: 'OS::Heat::Stack', ...classify('OS::Heat::Stack', stack.reason) };
  return { path: first.path, type: first.type, ...classify(first.type, first.reason) };
}

/**
 * What failed before Heat went back, from events, newest first. They are of the stack itself: what happened in a nested one
 * is in the words of the resource that holds it.
 */
export function failureBeforeRollback(stack: Stack, events: readonly StackEvent[], resources: readonly StackResource[]): StackFailure {
  const failures = events.filter(({ progress, resourceName }) => progress === 'failed' && resourceName !== stack.name);
  const failure = failures.find(({ reason }) => !FELL_WITH_OTHERS.test(reason)) ?? failures[0];
  if (!failure) return failureOf(stack, []);
  const type = resources.find(({ name }) => name === failure.resourceName)?.type ?? '';
  return { path: [failure.resourceName], type, ...classify(type, failure.reason) };
}

function classify(type: string, reason: string): Pick<StackFailure, 'service' | 'httpStatus' | 'cause' | 'reason'> {
  const service = SERVICES[type.split('::')[1] ?? ''];
  const [, status] = /\(?HTTP (\d{3})\)?/.exec(reason) ?? [];
  const [cause = 'other'] = CAUSES.find(([, words]) => words.test(reason)) ?? [];
  return {
    ...(service !== undefined && { service }), ...(status !== undefined && { httpStatus: Number(status) }), cause, reason,
  };
}

function rank({ reason }: StackResource): number {
  return FELL_WITH_OTHERS.test(reason) ? 1 : 0;
}

function holds(holder: StackResource, held: StackResource): boolean {
  return held.path.length > holder.path.length && holder.path.every((name, index) => held.path[index] === name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
