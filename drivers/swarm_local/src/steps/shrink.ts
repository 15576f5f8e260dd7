import type { StepResult } from '@jeroboam/driver-sdk';
import { withoutNodes } from '../bay/bay-record.ts';
import { engineResource, leaving, nodeResources, requireRecord } from '../bay/bay-site.ts';
import { chooseNodes } from '../bay/choose-nodes.ts';
import { readRecord } from '../bay/record-store.ts';
import { endEngines } from '../host/engine-process.ts';
import { removeTrees } from '../host/mounts.ts';
import { removeLinks } from '../host/network.ts';
import { drain, forget, setRole } from '../swarm/swarm.ts';
import { managersOf } from './swarm-steps.ts';
import { guard, save, together } from './work.ts';
import type { Work } from './work.ts';

/** Longer than the 10 s a container is given to stop, shorter than anybody's patience. */
const DRAIN_MS = 15_000;
const ROLE_MS = 30_000;

/** Decides which nodes come and go, and refuses names that are not there before anything has changed. */
export async function selectNodes(work: Work): Promise<StepResult> {
  save(work, chooseNodes(requireRecord(work.names), work.context.bay, work.context.operation));
  return {};
}

/** Lets the work of the leaving nodes move elsewhere. */
export async function drainNodes(work: Work): Promise<StepResult> {
  const record = requireRecord(work.names);
  const members = leaving(record).filter((node) => node.swarmId !== undefined);
  if (members.length === 0) return {};
  const [manager] = await managersOf(work, record);
  guard(work);
  await together(members.map((node) => drain(manager!, node.swarmId!, work.context.signal, DRAIN_MS)));
  return {};
}

/** Takes the leaving nodes out of the swarm, then off the host. */
export async function removeNodes(work: Work): Promise<StepResult> {
  const { names, context } = work;
  const record = requireRecord(names);
  const nodes = leaving(record);
  if (nodes.length > 0) {
    const [manager] = await managersOf(work, record);
    guard(work);
    // Struck off by force rather than leaving by itself: leaving takes 6 s after a drain, and the engine ends anyway.
    for (const { swarmId } of nodes) {
      if (swarmId === undefined) continue;
      // One that was promoted votes until it is demoted, and is not struck off before.
      await setRole(manager!, swarmId, 'worker', context.signal, ROLE_MS);
      await forget(manager!, swarmId, context.signal);
    }
    await endEngines(
      names,
      nodes.map((node) => node.slot),
    );
    await removeLinks(
      names,
      nodes.map((node) => node.slot),
    );
    await removeTrees(nodes.map((node) => names.nodeDir(node.slot)));
    // The ledger first: a node that is off the record would never be released again.
    await context.ledger.release(
      nodes.flatMap((node) => [engineResource(names, node), ...nodeResources(names, node)]).map((resource) => resource.resourceId),
    );
    save(
      work,
      withoutNodes(
        readRecord(names.bayDir)!,
        nodes.map((node) => node.name),
      ),
    );
  }
  const there = new Set(requireRecord(names).nodes.map((node) => node.name));
  return { nodesRemoved: context.bay.nodes.map((node) => node.name).filter((name) => !there.has(name)) };
}
