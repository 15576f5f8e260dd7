import type { BayView } from '@jeroboam/domain';
import type { BayHealth, DriverLog } from '@jeroboam/driver-sdk';
import type { BayRecord, NodeRecord } from './bay/bay-record.ts';
import { EngineApis } from './bay/bay-site.ts';
import type { BayNames } from './bay/names.ts';
import { readRecord } from './bay/record-store.ts';
import { mendHost } from './steps/prepare-nodes.ts';
import { managersOf } from './steps/swarm-steps.ts';
import { endEngines, findEngine, startEngine } from './host/engine-process.ts';
import { unlessHostLocked } from './host/host-lock.ts';
import { countTasks, listNodes } from './swarm/swarm.ts';
import type { SwarmNode, TaskCounts } from './swarm/swarm.ts';

/** An engine that answers at all does so at once. */
const ANSWER_MS = 3_000;

/** What a manager says of its swarm. */
interface Listing {
  readonly nodes: readonly SwarmNode[];
  readonly tasks: TaskCounts;
}

/** What a manager and each engine say now. `<node>.Ready` needs both: managers take a while to miss somebody. */
export async function lookAtHealth(names: BayNames, { nodeGroups }: Pick<BayView, 'nodeGroups'>, signal: AbortSignal): Promise<BayHealth> {
  const record = readRecord(names.bayDir);
  if (!record || record.deleting) return { status: 'UNKNOWN', reason: { api: 'this host has no such bay' } };
  using apis = new EngineApis(names);
  const members = record.nodes.filter((node) => node.phase === 'joined');
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * ANSWER_MS)]);
  const [listing, ...answers] = await Promise.all([
    listingOf(apis, record, bounded),
    ...members.map((node) => answersItself(apis, node, bounded)),
  ]);
  signal.throwIfAborted();
  const answering = members.filter((_, index) => answers[index] === true);
  if (typeof listing === 'string') return unlisted(members, listing);
  const observedNodes = Object.fromEntries(nodeGroups.map(({ name }) => [name, countListed(name, members, listing.nodes)]));
  return { ...healthOf(members, answering, listing), observedNodes };
}

/** No master answers for the swarm: `why`. */
function unlisted(members: readonly NodeRecord[], why: string): BayHealth {
  return { status: 'UNHEALTHY', reason: { api: why, quorum: 'False', ...readiness(members, []) } };
}

/** @param answering those whose own engine answers. */
function healthOf(members: readonly NodeRecord[], answering: readonly NodeRecord[], { nodes, tasks }: Listing): BayHealth {
  const ready = answering.filter((node) => nodes.some(({ ID, Status }) => ID === node.swarmId && Status.State === 'ready'));
  const managers = nodes.filter(({ Spec }) => Spec.Role === 'manager');
  const reachable = managers.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === 'reachable');
  const reason = {
    api: 'ok',
    quorum: reachable.length > managers.length / 2 ? 'True' : 'False',
    managers: `${reachable.length} of ${managers.length} reachable`,
    ...readiness(members, ready),
    tasks: `${tasks.running} of ${tasks.wanted} running`,
  };
  const isHealthy = members.length > 0 && ready.length === members.length;
  return { status: isHealthy ? 'HEALTHY' : 'UNHEALTHY', reason };
}

function readiness(members: readonly NodeRecord[], ready: readonly NodeRecord[]): Record<string, string> {
  return Object.fromEntries(members.map((node) => [`${node.name}.Ready`, ready.includes(node) ? 'True' : 'False']));
}

function countListed(nodeGroup: string, members: readonly NodeRecord[], nodes: readonly SwarmNode[]): number {
  const listed = new Set(nodes.map(({ ID }) => ID));
  return members.filter((node) => node.nodeGroup === nodeGroup && listed.has(node.swarmId ?? '')).length;
}

/** The managers' list, or what keeps one from getting it. */
async function listingOf(apis: EngineApis, record: BayRecord, signal: AbortSignal): Promise<Listing | string> {
  try {
    const [manager] = await managersOf({ apis, context: { signal } }, record);
    const [nodes, tasks] = await Promise.all([listNodes(manager!, signal, ANSWER_MS), countTasks(manager!, signal, ANSWER_MS)]);
    return { nodes, tasks };
  } catch (error) {
    return (error as Error).message;
  }
}

async function answersItself(apis: EngineApis, node: NodeRecord, signal: AbortSignal): Promise<boolean> {
  try {
    await apis.of(node).get('/_ping', signal, ANSWER_MS);
    return true;
  } catch {
    // Why it does not answer is seen by whoever starts it again; here it counts that it does not.
    return false;
  }
}

/**
 * Starts again the engines of nodes that should run and do not, after a crash or a reboot. Does not wait for them: the
 * next look tells whether it helped. A deletion that begins meanwhile wins.
 */
export async function reviveEngines(names: BayNames, bay: BayView, log: DriverLog): Promise<void> {
  const record = readRecord(names.bayDir);
  const dead =
    record && !record.deleting ? record.nodes.filter((node) => node.phase === 'joined' && findEngine(names, node.slot) === undefined) : [];
  if (!record || dead.length === 0) return;
  await mendHost({ names }, record);
  // A step that restarts an engine holds its lock: that one is not dead.
  for (const node of dead) await unlessHostLocked(names.engineLock(node.slot), () => revive(names, node, bay, log));
  const now = readRecord(names.bayDir);
  const unwanted = dead.filter(
    (node) => !now || now.deleting || !now.nodes.some((other) => other.name === node.name && other.phase === 'joined'),
  );
  await endEngines(
    names,
    unwanted.map((node) => node.slot),
  );
}

async function revive(names: BayNames, node: NodeRecord, { spec }: BayView, log: DriverLog): Promise<void> {
  if (findEngine(names, node.slot) !== undefined) return;
  log.warn('an engine had died and is started again', { bayId: names.bayId, node: node.name });
  await startEngine(names, node, spec.dockerStorageDriver);
}
