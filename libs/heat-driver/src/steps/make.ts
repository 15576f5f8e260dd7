import type { StepResult } from '@jeroboam/driver-sdk';
import { StepFailed } from '@jeroboam/driver-sdk';
import { ownerTagOf } from '../bay/names.ts';
import { parametersFor } from '../bundle/parameters.ts';
import { blockersOf, inCloud, passes, sentenceOf } from '../stack/reasons.ts';
import { CHANGE, changeOf, changeText } from '../stack/stack-change.ts';
import type { StackFailure } from '@jeroboam/openstack';
import type { Site, Values } from '../blueprint.ts';
import type { FoundStack, StackUpdate } from '../stack/stack-service.port.ts';
import { freshToken, shutOut, templateOf, tokenFor } from './let-in.ts';
import { standsStill } from './standstill.ts';
import { hasScale, targetOf, wantedScale } from './target.ts';
import type { Target } from './target.ts';
import { scaleSparing } from './spare-busy.ts';
import { bundleOf, guard, look } from './work.ts';
import type { Work } from './work.ts';

/** Tries of one operation to bring a stack through whose failure does not pass by itself. */
const MOST_TRIES = 3;
/** Heat refuses stacks that may take longer than a day. */
const LONGEST_MINUTES = 1_440;

/** Refuses before anything is changed. */
export async function selectNodes(work: Work): Promise<StepResult> {
  const { context: { operation, bay } } = work;
  const target = targetOf(work.context);
  if (bay.nodeGroups.some(({ name, role }) => name === operation.resize?.nodeGroup && role === 'master'))
    throw new StepFailed('the number of masters of a bay cannot change', { retryable: false });
  await scaleSparing(work, target, await inCloud(work.stacks.find(target.entry.name)));
  return {};
}

/** Has Heat make the stack, or bring the one that is there to the sizes that are wanted. */
export async function beginStack(work: Work, target = targetOf(work.context)): Promise<StepResult> {
  const found = await look(work, target.entry.name, isIdle);
  const id = found ? await bringTo(work, target, found) : await create(work, target);
  await work.context.ledger.record([{ ...target.entry, externalId: id }]);
  return target.nodeGroup === null ? { outputs: { stackId: id } } : {};
}

/** Ends when the stack is complete and as wanted. A failed one is brought through again, a bounded number of times. */
export async function awaitStack(work: Work, target = targetOf(work.context)): Promise<StepResult> {
  const before = await look(work, target.entry.name, isIdle);
  if (!before || before.progress === 'complete') {
    if (before && isAsWanted(work, target, before)) return arrived(work, target);
    // Taken away meanwhile, or what was asked for was lost.
    await beginStack(work, target);
  } else if (before.progress === 'failed') {
    const failure = await refuseHopeless(work, before);
    if (work.context.attempt === 1) throw failed(before, failure);
    await change(work, target, before, { ...(await scaleSparing(work, target, before)), ...remedyFor(work, failure, before) });
  }
  const after = await look(work, target.entry.name, (found) => isIdle(found) && (found.progress === 'failed' || isAsWanted(work, target, found)));
  if (after && isIdle(after) && after.progress === 'failed') throw failed(after, await refuseHopeless(work, after));
  if (after && isIdle(after) && isAsWanted(work, target, after)) return arrived(work, target);
  if (after && (await standsStill(work, after))) await change(work, target, after, await scaleSparing(work, target, after));
  throw new StepFailed(`The stack ${target.entry.name} is ${after ? `${after.action}_IN_PROGRESS` : 'not there yet'}`, { retryable: true });
}

async function arrived(work: Work, target: Target): Promise<StepResult> {
  await shutOut(work, target);
  return {};
}

async function create(work: Work, target: Target): Promise<string> {
  const { context: { bay, ledger, operation, signal, fencingToken }, blueprint, stacks } = work;
  const { files } = bundleOf(blueprint, operation, bay.spec);
  const template = files[templateOf(target)]!;
  const parameters = {
    ...(await parametersFor(work, target, template, siteOf(work, await tokenFor(work, target)))),
    ...wantedScale(work.context, target, undefined), [CHANGE]: changeText({ fencingToken, operationId: operation.operationId, tries: 1 }),
  };
  const timeout = bay.spec.createTimeoutMinutes;
  guard(work);
  await ledger.intend([target.entry]);
  guard(work);
  const made = await inCloud(stacks.create({
    name: target.entry.name, ownerTag: ownerTagOf(bay.spec), template, files, parameters,
    ...(timeout ? { timeoutMinutes: Math.min(timeout, LONGEST_MINUTES) } : {}),
  }, signal));
  return made.id;
}

/** Looks whether there is anything to change in a stack that is there. */
async function bringTo(work: Work, target: Target, found: FoundStack): Promise<string> {
  refuseNewer(work, found);
  if (found.action === 'DELETE') throw new StepFailed(`The stack ${found.name} is being deleted`, { retryable: true });
  const ours = triesOf(work, found) > 0;
  // A failed try of this operation is the next step's to repair, which counts how often.
  const scale = await scaleSparing(work, target, found);
  if (hasScale(found, scale) && (ours || (found.progress !== 'failed' && !work.context.operation.upgrade))) return found.id;
  if (!isIdle(found)) throw new StepFailed(`The stack ${found.name} is still ${found.action}_IN_PROGRESS`, { retryable: true });
  await change(work, target, found, scale);
  return found.id;
}

async function change(work: Work, target: Target, found: FoundStack, scale: Readonly<Record<string, unknown>>): Promise<void> {
  const { context: { operation, fencingToken, signal }, stacks } = work;
  refuseNewer(work, found);
  const before = triesOf(work, found);
  // What stood still has not been tried through.
  const tries = before > 0 ? before + Number(isIdle(found)) : 1;
  const token = await freshToken(work, target, found, scale);
  const parameters = { ...scale, ...token, [CHANGE]: changeText({ fencingToken, operationId: operation.operationId, tries }) };
  guard(work);
  const moved = operation.upgrade && await movedTemplate(work, target, found);
  await inCloud(stacks.update(found, moved ? { ...moved, parameters: { ...moved.parameters, ...parameters } } : { parameters }, signal));
}

/** The template that an upgrade leads to, and the parameters that the stack had no use for yet. Its nodes are in: none has to be let in. */
async function movedTemplate(work: Work, target: Target, found: FoundStack): Promise<StackUpdate> {
  const { context: { bay, operation }, blueprint } = work;
  const { files } = bundleOf(blueprint, operation, bay.spec);
  const template = files[templateOf(target)]!;
  const all = Object.entries(await parametersFor(work, target, template, siteOf(work, '')));
  return { template, files, parameters: Object.fromEntries(all.filter(([name]) => !(name in found.parameters))) };
}

function siteOf({ context: { bay }, cloud }: Work, bootstrapToken: string): Site {
  return { authUrl: cloud.authUrl, apiUrl: cloud.apiUrl, bootstrapToken, network: (ident, by) => inCloud(cloud.network(bay.spec, ident, by)) };
}

/** Executors on other hosts have fences of their own; the stack is one for all. */
function refuseNewer({ context: { fencingToken } }: Work, found: FoundStack): void {
  const newest = changeOf(found)?.fencingToken ?? 0;
  if (newest > fencingToken) throw new StepFailed(`fencing token ${fencingToken} is too old: ${newest} changed the stack ${found.name}`, { retryable: false });
}

/** @throws {StepFailed} final: it has failed as often as it may. @returns why it failed. */
async function refuseHopeless(work: Work, stack: FoundStack): Promise<StackFailure | undefined> {
  const failure = await inCloud(work.stacks.failure(stack));
  const tries = triesOf(work, stack);
  const helped = Object.keys(remedyFor(work, failure, stack)).length > 0;
  if (tries >= MOST_TRIES && !helped && !(failure && passes(failure)))
    throw new StepFailed(sentenceOf(stack, failure), { retryable: false, blockedBy: blockersOf(failure) });
  return failure;
}

function remedyFor({ blueprint }: Work, failure: StackFailure | undefined, { parameters }: FoundStack): Values {
  return failure ? blueprint.remedy?.(failure, parameters) ?? {} : {};
}

function failed(stack: FoundStack, failure: StackFailure | undefined): StepFailed {
  return new StepFailed(sentenceOf(stack, failure), { retryable: true, blockedBy: blockersOf(failure) });
}

function isIdle({ progress }: FoundStack): boolean {
  return progress !== 'in-progress';
}

/** How often this operation has changed the stack; 0: the last change was another's. */
function triesOf({ context: { operation } }: Work, found: FoundStack): number {
  const last = changeOf(found);
  return last?.operationId === operation.operationId ? last.tries : 0;
}

function isAsWanted(work: Work, target: Target, found: FoundStack): boolean {
  const { context } = work;
  return found.progress === 'complete' && hasScale(found, wantedScale(context, target, found)) && (!context.operation.upgrade || triesOf(work, found) > 0);
}
