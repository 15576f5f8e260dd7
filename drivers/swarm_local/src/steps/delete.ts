import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { readRecord } from '../bay/record-store.ts';
import { removeCgroup } from '../host/cgroups.ts';
import { endEngines } from '../host/engine-process.ts';
import { removeTrees } from '../host/mounts.ts';
import { forbidCrossing, removeBridge, removeLinks } from '../host/network.ts';
import { inventoryOf, slotsOf } from '../inventory.ts';
import { guard, releaseTypes, save } from './work.ts';
import type { Work } from './work.ts';

/** Ends everything that runs. From here on nothing of the bay is started again, not even by a look at its health. */
export async function stopEngines(work: Work): Promise<StepResult> {
  const { names, context } = work;
  guard(work);
  const record = readRecord(names.bayDir);
  if (record && !record.deleting) save(work, { ...record, deleting: true });
  await endEngines(names, slotsOf(names));
  await releaseTypes(work, ['engine']);
  return { nodesRemoved: context.bay.nodes.map((node) => node.name) };
}

export async function removeNetwork(work: Work): Promise<StepResult> {
  const { names } = work;
  guard(work);
  await removeLinks(names, slotsOf(names));
  await removeBridge(names);
  await forbidCrossing(names);
  await releaseTypes(work, ['link', 'namespace', 'bridge', 'firewall-rule']);
  return {};
}

/** Removes the rest, then looks whether anything is left, by name. */
export async function removeFiles(work: Work): Promise<StepResult> {
  const { names, dataDir, fence, context } = work;
  guard(work);
  await removeCgroup(names.cgroup);
  if (fence.exists()) fence.remember();
  await removeTrees([names.runtimeDir, names.bayDir]);
  const left = await inventoryOf(names.bayId, dataDir);
  if (left.length > 0)
    throw new StepFailed(`of the bay there is still ${left.map(({ type, name }) => `${type} ${name}`).join(', ')}`, {
      retryable: true,
      blockedBy: left.map(({ name }) => name),
    });
  const listed = context.bay.resources.map((resource) => resource.resourceId);
  if (listed.length > 0) await context.ledger.release(listed);
  return {};
}
