import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { viewOf, withNode } from '../bay/bay-record.ts';
import type { BayRecord, NodeRecord } from '../bay/bay-record.ts';
import { requireRecord, staying } from '../bay/bay-site.ts';
import { readRecord } from '../bay/record-store.ts';
import { BUSYBOX_IMAGE, provideBusybox } from '../swarm/busybox-image.ts';
import { ENGINE_PORT } from '../swarm/engine-api.ts';
import type { EngineApi } from '../swarm/engine-api.ts';
import { allReady, forgetFormer, formSwarm, joinSwarm, membership } from '../swarm/swarm.ts';
import { guard, save, together } from './work.ts';
import type { Work } from './work.ts';

/** Managers see a new node after a fraction of a second. */
const SEEN_MS = 30_000;

/** Makes the first master a swarm of one. It waits a lot meanwhile, so that all engines get their image in its shadow. */
export async function formSwarmStep(work: Work): Promise<StepResult> {
  const before = requireRecord(work.names);
  const [first] = mastersOf(before);
  if (!first) throw new StepFailed('the bay has no master', { retryable: false });
  const api = work.apis.of(first);
  guard(work);
  await together<unknown>([formSwarm(api, work.context.signal), ...staying(before).map((node) => haveImage(work, node))]);
  const { NodeID } = await membership(api, work.context.signal);
  const record = save(work, withNode(readRecord(work.names.bayDir)!, first.name, { phase: 'joined', swarmId: NodeID }));
  return { nodesJoined: [viewOf(record.nodes.find((node) => node.name === first.name)!)], outputs: { apiAddress: apiAddress(first) } };
}

/** Has everybody else join: masters one after the other, as each changes the quorum, then the workers all at once. */
export async function joinNodes(work: Work): Promise<StepResult> {
  const before = requireRecord(work.names);
  const [manager] = await managersOf(work, before);
  const masters = mastersOf(before);
  const ids = new Map<string, string>();
  for (const master of masters) ids.set(master.name, await join(work, master));
  const workers = staying(before).filter((node) => node.role === 'worker');
  await together(workers.map(async (worker) => ids.set(worker.name, await join(work, worker))));
  const listed = await allReady(manager!, [...ids.values()], work.context.signal, SEEN_MS);
  for (const node of listed) if (node.Status.State === 'ready') await forgetFormer(manager!, node, listed, work.context.signal);
  let record = readRecord(work.names.bayDir)!;
  for (const [name, swarmId] of ids) record = withNode(record, name, { phase: 'joined', swarmId });
  save(work, record);
  const version = listed.find((node) => node.ID === ids.get(masters[0]!.name))!.Description.Engine.EngineVersion;
  return {
    nodesJoined: staying(record).map(viewOf),
    outputs: { apiAddress: apiAddress(masters[0]!), stackId: work.names.alias, coeVersion: version, containerVersion: version },
  };
}

/** Nodes that come later than the first ones get their image as they join. */
async function join(work: Work, node: NodeRecord): Promise<string> {
  const [id] = await together([joinAlone(work, node), haveImage(work, node)]);
  return id!;
}

async function haveImage(work: Work, node: NodeRecord): Promise<string> {
  await provideBusybox(work.apis.of(node), work.context.signal);
  return BUSYBOX_IMAGE;
}

async function joinAlone(work: Work, node: NodeRecord): Promise<string> {
  guard(work);
  return joinSwarm(
    work.apis.of(node),
    node.role === 'master' ? 'manager' : 'worker',
    await managersOf(work, requireRecord(work.names)),
    work.context.signal,
  );
}

/**
 * Connections to the masters that are managers now, asked one by one until a majority of the swarm answers.
 * @throws {StepFailed} retryable: none of them answers.
 */
export async function managersOf(
  { apis, context: { signal } }: Pick<Work, 'apis'> & { context: Pick<Work['context'], 'signal'> },
  record: BayRecord,
): Promise<readonly EngineApi[]> {
  const complaints: string[] = [];
  const managers: EngineApi[] = [];
  for (const master of mastersOf(record)) {
    try {
      const { LocalNodeState, ControlAvailable } = await membership(apis.of(master), signal);
      if (LocalNodeState === 'active' && ControlAvailable) managers.push(apis.of(master));
      else complaints.push(`${master.name} is ${LocalNodeState}`);
    } catch (error) {
      signal.throwIfAborted();
      complaints.push(`${master.name}: ${(error as Error).message}`);
    }
  }
  if (managers.length === 0) throw new StepFailed(`no master manages the swarm (${complaints.join('; ')})`, { retryable: true });
  return managers;
}

export function mastersOf(record: BayRecord): readonly NodeRecord[] {
  return staying(record).filter((node) => node.role === 'master');
}

function apiAddress({ address }: NodeRecord): string {
  return `tcp://${address}:${ENGINE_PORT}`;
}
