import { setTimeout as pause } from 'node:timers/promises';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import type { BayRecord, NodeRecord } from '../bay/bay-record.ts';
import { engineResource, requireRecord, staying } from '../bay/bay-site.ts';
import { endEngines, findEngine, isStartedWithItsIdentity, lastWords, startEngine, stopEngine } from '../host/engine-process.ts';
import { withHostLock } from '../host/host-lock.ts';
import { interfacesOf, namespacesOf } from '../host/network.ts';
import type { EngineApi } from '../swarm/engine-api.ts';
import { mendHost } from './prepare-nodes.ts';
import { guard, recordMade, together } from './work.ts';
import type { Work } from './work.ts';

/** An engine answers after a second; much slower hosts get the benefit of the doubt. */
const READY_MS = 60_000;
const POLL_MS = 20;
/** Connections that fail like this are refused by an engine that is not up yet, or was until just now. */
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);

/** Starts what does not run, or runs with certificates that are others by now, all at once, and waits until every engine answers. */
export async function startEngines(work: Work): Promise<StepResult> {
  const record = requireRecord(work.names);
  const nodes = staying(record);
  await bringUpAll(work, record, nodes);
  await recordMade(
    work,
    nodes.map((node) => engineResource(work.names, node)),
  );
  return {};
}

export async function bringUpAll(work: Work, record: BayRecord, nodes: readonly NodeRecord[]): Promise<void> {
  const { names } = work;
  // A reboot between two steps takes the namespaces away.
  if (
    !nodes.every((node) => namespacesOf(names).includes(names.namespace(node.slot)) && interfacesOf(names).includes(names.link(node.slot)))
  )
    await mendHost(work, record);
  await together(nodes.map((node) => bringUp(work, node)));
}

/** Has a node's engine run with the certificates that lie there, and waits until it answers. */
export async function bringUp(work: Work, node: NodeRecord): Promise<void> {
  guard(work);
  const { names, context } = work;
  const pid = await withHostLock(names.engineLock(node.slot), context.signal, () => ensureStarted(work, node));
  await untilReady(work, node, work.apis.of(node), pid);
}

/** Once an engine was stopped it is started even for a step that is not wanted any more: a safe point has it running. */
async function ensureStarted({ names, apis, fence, context }: Work, node: NodeRecord): Promise<number> {
  fence.check();
  const running = findEngine(names, node.slot);
  if (running !== undefined && isStartedWithItsIdentity(names, node.slot)) return running;
  if (running !== undefined) await stopEngine(names, node.slot);
  apis.forget(node);
  fence.check();
  const started = await startEngine(names, node, context.bay.spec.dockerStorageDriver);
  try {
    fence.check();
  } catch (newer) {
    // A deletion that came meanwhile does not look for engines again.
    await endEngines(names, [node.slot]);
    throw newer;
  }
  return started;
}

/** The port listens long before the engine answers, so one question usually waits through the start. */
async function untilReady({ names, context: { signal } }: Work, node: NodeRecord, api: EngineApi, pid: number): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  let engine: number | undefined = pid;
  for (;;) {
    try {
      return await api.get('/_ping', signal, READY_MS);
    } catch (error) {
      if (!NOT_YET.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    if (engine !== undefined && !isAlive(engine)) engine = findEngine(names, node.slot);
    if (engine === undefined)
      throw new StepFailed(`the engine of ${node.name} ended: ${lastWords(names, node.slot)}`, { retryable: true, blockedBy: [node.name] });
    if (Date.now() > giveUpAt)
      throw new StepFailed(`the engine of ${node.name} does not answer`, { retryable: true, blockedBy: [node.name] });
    await pause(POLL_MS, undefined, { signal });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
