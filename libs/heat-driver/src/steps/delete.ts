import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { bayStackName, ownerTagOf } from '../bay/names.ts';
import { blockersOf, inCloud, sentenceOf } from '../stack/reasons.ts';
import { standsStill } from './standstill.ts';
import { targetOf } from './target.ts';
import { guard, look } from './work.ts';
import type { Work } from './work.ts';

export async function deleteNodeGroupStack(work: Work): Promise<StepResult> {
  const { entry, nodeGroup, groups } = targetOf(work.context);
  if (nodeGroup === null) throw new StepFailed(`${groups.map(({ name }) => name).join(' and ')} go with the bay only`, { retryable: false });
  await remove(work, [entry.name]);
  await work.context.ledger.release([entry.resourceId]);
  return { nodesRemoved: work.context.bay.nodes.filter((node) => node.nodeGroup === nodeGroup.name).map(({ name }) => name) };
}

/** Before the bay's own stack, whose network they use. */
export async function deleteNodeGroupStacks(work: Work): Promise<StepResult> {
  const { context: { bay, ledger } } = work;
  const own = bayStackName(bay.spec);
  const tagged = (await inCloud(work.stacks.listByTag(ownerTagOf(bay.spec)))).map(({ name }) => name);
  const listed = bay.resources.filter(({ name, type }) => type === 'heat-stack' && name !== own);
  await remove(work, [...new Set([...tagged, ...listed.map(({ name }) => name)])].filter((name) => name !== own));
  if (listed.length > 0) await ledger.release(listed.map(({ resourceId }) => resourceId));
  const defaults = new Set(bay.nodeGroups.filter(({ isDefault }) => isDefault).map(({ name }) => name));
  return { nodesRemoved: bay.nodes.filter(({ nodeGroup }) => !defaults.has(nodeGroup)).map(({ name }) => name) };
}

export async function deleteStack(work: Work): Promise<StepResult> {
  const { context: { bay, ledger }, fence } = work;
  await remove(work, [bayStackName(bay.spec)]);
  if (bay.resources.length > 0) await ledger.release(bay.resources.map(({ resourceId }) => resourceId));
  fence.deleted();
  return { nodesRemoved: bay.nodes.map(({ name }) => name) };
}

/** Has Heat delete them, all at once, and waits until they are gone. What failed is asked for again by the next try. */
async function remove(work: Work, names: readonly string[]): Promise<void> {
  const { stacks, context: { signal } } = work;
  for (const name of names) {
    const found = await inCloud(stacks.find(name));
    if (!found || (found.action === 'DELETE' && found.progress === 'in-progress' && !(await standsStill(work, found)))) continue;
    guard(work);
    await inCloud(stacks.delete(found, signal));
  }
  for (const name of names) {
    const left = await look(work, name, ({ action, progress }) => action === 'DELETE' && progress === 'failed');
    if (!left) continue;
    if (left.action !== 'DELETE' || left.progress !== 'failed') throw new StepFailed(`The stack ${name} is DELETE_IN_PROGRESS`, { retryable: true });
    const failure = await inCloud(stacks.failure(left));
    throw new StepFailed(sentenceOf(left, failure), { retryable: true, blockedBy: blockersOf(failure) });
  }
}
