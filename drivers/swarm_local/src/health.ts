import type { BayView } from '@jeroboam/domain';
import type { BayHealth, DriverLog } from '@jeroboam/driver-sdk';
import type { BayRecord, NodeRecord } from './bay/bay-record.ts';
import { EngineApis } from './bay/bay-site.ts';
import type { BayNames } from './bay/names.ts';
import { readRecord } from './bay/record-store.ts';
import { mendHost } from './steps/prepare-nodes.ts';
import { managersOf } from './steps/swarm-steps.ts';
import { endEngines, findEngine, startEngine } from './host/engine-process.ts';
import { listNodes } from './swarm/swarm.ts';
import type { SwarmNode } from './swarm/swarm.ts';

/** An engine that answers at all does so at once. */
const ANSWER_MS = 3_000;

/** What a manager and each engine say now. `<node>.Ready` needs both: managers take a while to miss somebody. */
export async function lookAtHealth(names: BayNames, signal: AbortSignal): Promise<BayHealth> {
  const record = readRecord(names.bayDir);
  if (!record || record.deleting) return { status: 'UNKNOWN', reason: { api: 'this host has no such bay' } };
  using apis = new EngineApis(names);
  const members = record.nodes.filter((node) => node.phase === 'joined');
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * ANSWER_MS)]);
  const [listed, ...answers] = await Promise.all([
    listing(apis, record, bounded),
    ...members.map((node) => answersItself(apis, node, bounded)),
  ]);
  signal.throwIfAborted();
  const ready = members.map((node, index) => answers[index] === true && typeof listed !== 'string' && isReady(node, listed));
  const reason = Object.fromEntries(members.map((node, index) => [`${node.name}.Ready`, ready[index] ? 'True' : 'False']));
  const healthy = typeof listed !== 'string' && members.length > 0 && ready.every(Boolean);
  return { status: healthy ? 'HEALTHY' : 'UNHEALTHY', reason: { api: typeof listed === 'string' ? listed : 'ok', ...reason } };
}

/** The managers' list, or what keeps one from getting it. */
async function listing(apis: EngineApis, record: BayRecord, signal: AbortSignal): Promise<readonly SwarmNode[] | string> {
  try {
    const [manager] = await managersOf({ apis, context: { signal } }, record);
    return await listNodes(manager!, signal, ANSWER_MS);
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

function isReady({ swarmId }: NodeRecord, listed: readonly SwarmNode[]): boolean {
  return listed.some((node) => node.ID === swarmId && node.Status.State === 'ready');
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
  for (const node of dead) {
    log.warn('an engine had died and is started again', { bayId: names.bayId, node: node.name });
    await startEngine(names, node, bay.spec.dockerStorageDriver);
  }
  const now = readRecord(names.bayDir);
  const unwanted = dead.filter(
    (node) => !now || now.deleting || !now.nodes.some((other) => other.name === node.name && other.phase === 'joined'),
  );
  await endEngines(
    names,
    unwanted.map((node) => node.slot),
  );
}
