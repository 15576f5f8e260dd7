import { setTimeout as pause } from 'node:timers/promises';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import type { NodeRecord } from '../bay/bay-record.ts';
import { requireRecord, staying } from '../bay/bay-site.ts';
import { listNodes, membership } from '../swarm/swarm.ts';
import type { SwarmNode } from '../swarm/swarm.ts';
import { haveIdentity } from './issue-certificates.ts';
import { bringUp, bringUpAll } from './start-engines.ts';
import { mastersOf } from './swarm-steps.ts';
import { guard } from './work.ts';
import type { Work } from './work.ts';

/** A manager that was restarted finds its quorum after a few seconds. */
const BACK_MS = 60_000;
const POLL_MS = 50;

/**
 * Has every engine let clients of both authorities in, and show a certificate of the new one. The first master, at which
 * users arrive, comes last: until then it shows them the certificate they know, and soon after they are told the new CA.
 */
export async function trustBothAuthorities(work: Work): Promise<StepResult> {
  const trusted = await work.context.certificates.trusted();
  if (trusted.length < 2) throw new StepFailed('there is no new authority to trust', { retryable: false });
  return oneByOne(work, 'first master last', (node) => haveIdentity(work, node, trusted, 'candidate'));
}

/** Has every engine let clients of the new authority in only, the first master first. */
export async function forgetOldAuthority(work: Work): Promise<StepResult> {
  const trusted = await work.context.certificates.trusted();
  return oneByOne(work, 'first master first', (node) => haveIdentity(work, node, trusted, 'established'));
}

/**
 * Changes the nodes' certificates and restarts their engines, which read them only then, each when the one before it is
 * back.
 */
async function oneByOne(
  work: Work,
  order: 'first master first' | 'first master last',
  change: (node: NodeRecord) => Promise<void>,
): Promise<StepResult> {
  const record = requireRecord(work.names);
  // One that a resize left half made gets its certificate from the resize that finishes it.
  const members = staying(record).filter((node) => node.phase === 'joined');
  // An engine that happens to be down would be waited for in vain.
  await bringUpAll(work, record, members);
  const masters = members.filter((node) => node.role === 'master');
  const inOrder = [...masters, ...members.filter((node) => node.role === 'worker')];
  const done: NodeRecord[] = [];
  for (const node of order === 'first master first' ? inOrder : inOrder.toReversed()) {
    // Before a master goes down all others have to be up, or the swarm would lose its majority.
    if (node.role === 'master') await untilSeen(work, masters.filter((other) => other !== node), node);
    guard(work);
    await change(node);
    work.apis.forget(node);
    await bringUp(work, node);
    done.push(node);
    // All of them: when the leader goes, the others have to find the next one, too.
    await untilSeen(work, [...new Set([...done, ...masters])]);
  }
  return {};
}

/** Waits until masters list all of these nodes as ready, and as reachable those that are masters. */
async function untilSeen(work: Work, nodes: readonly NodeRecord[], unasked?: NodeRecord): Promise<void> {
  if (nodes.length === 0) return;
  const { signal } = work.context;
  const giveUpAt = Date.now() + BACK_MS;
  for (;;) {
    const listed = await listing(work, unasked);
    const missed = nodes.filter((node) => !listed.some((each) => each.ID === node.swarmId && isUp(each)));
    if (missed.length === 0) return;
    const names = missed.map(({ name }) => name);
    if (Date.now() > giveUpAt)
      throw new StepFailed(`the swarm does not see ${names.join(', ')}; the other nodes keep their certificates until it does`, {
        retryable: true,
        blockedBy: names,
      });
    await pause(POLL_MS, undefined, { signal });
  }
}

function isUp({ Status, ManagerStatus }: SwarmNode): boolean {
  return Status.State === 'ready' && (ManagerStatus === undefined || ManagerStatus.Reachability === 'reachable');
}

/** What the first master says that can say something; nothing while none can. */
async function listing({ names, apis, context: { signal } }: Work, unasked?: NodeRecord): Promise<readonly SwarmNode[]> {
  const masters = mastersOf(requireRecord(names)).filter((master) => master.name !== unasked?.name);
  for (const master of masters) {
    try {
      const { ControlAvailable } = await membership(apis.of(master), signal);
      if (ControlAvailable) return await listNodes(apis.of(master), signal);
    } catch {
      // One that is on its way up, or has no majority yet, is asked again: the caller waits and names whom it misses.
      signal.throwIfAborted();
    }
  }
  return [];
}
