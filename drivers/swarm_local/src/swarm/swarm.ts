import { setTimeout as pause } from 'node:timers/promises';
import { StepFailed } from '@jeroboam/driver-sdk';
import { EngineRefused } from './engine-api.ts';
import type { EngineApi } from './engine-api.ts';

const SWARM_PORT = 2377;
const POLL_MS = 20;
/** A join waits for the manager; the engine itself gives up after 20 s. */
const JOIN_MS = 25_000;

/** What an engine says of itself: the part of `GET /info` that is about the swarm. */
export interface SwarmMembership {
  readonly NodeID: string;
  readonly LocalNodeState: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  readonly ControlAvailable: boolean;
}

/** A node as a manager lists it. */
export interface SwarmNode {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: Readonly<Record<string, unknown>> & { readonly Role: 'manager' | 'worker'; readonly Availability: string };
  readonly Description: { readonly Hostname: string; readonly Engine: { readonly EngineVersion: string } };
  readonly Status: { readonly State: 'unknown' | 'down' | 'ready' | 'disconnected'; readonly Addr: string };
  /** Only of managers. */
  readonly ManagerStatus?: { readonly Reachability: 'unknown' | 'unreachable' | 'reachable' };
}

/** Tasks that are to run in the whole swarm, and those that do. */
export interface TaskCounts {
  readonly wanted: number;
  readonly running: number;
}

interface SwarmTask {
  readonly Status: { readonly State: string };
}

/** States in which a task still has, or may yet have, a container. */
const ALIVE = new Set(['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running']);

export async function membership(api: EngineApi, signal: AbortSignal): Promise<SwarmMembership> {
  return (await api.get<{ Swarm: SwarmMembership }>('/info', signal)).Swarm;
}

export function listNodes(manager: EngineApi, signal: AbortSignal, timeoutMs?: number): Promise<readonly SwarmNode[]> {
  return manager.get('/nodes', signal, timeoutMs);
}

export async function countTasks(manager: EngineApi, signal: AbortSignal, timeoutMs?: number): Promise<TaskCounts> {
  const filters = encodeURIComponent(JSON.stringify({ 'desired-state': ['running'] }));
  const tasks = await manager.get<readonly SwarmTask[]>(`/tasks?filters=${filters}`, signal, timeoutMs);
  return { wanted: tasks.length, running: tasks.filter(({ Status }) => Status.State === 'running').length };
}

/** Makes the engine the first manager of a swarm, unless it is a manager already. */
export async function formSwarm(api: EngineApi, signal: AbortSignal): Promise<void> {
  const { LocalNodeState, ControlAvailable } = await membership(api, signal);
  if (LocalNodeState === 'active' && ControlAvailable) return;
  if (LocalNodeState !== 'inactive') await leaveSwarm(api, signal);
  const here = `${api.address}:${SWARM_PORT}`;
  await api.post('/swarm/init', { ListenAddr: here, AdvertiseAddr: here }, signal, JOIN_MS);
}

/**
 * Has an engine join, unless it did. One that hangs half-way, or that the managers have forgotten, starts over.
 * @returns the swarm's id of the node.
 */
export async function joinSwarm(
  api: EngineApi,
  role: 'manager' | 'worker',
  managers: readonly EngineApi[],
  signal: AbortSignal,
): Promise<string> {
  const [manager] = managers as [EngineApi];
  const before = await membership(api, signal);
  if (before.LocalNodeState === 'active' && (await manager.has(`/nodes/${before.NodeID}`, signal))) return before.NodeID;
  if (before.LocalNodeState !== 'inactive') await leaveSwarm(api, signal);
  // The token is asked for afresh each time and kept nowhere.
  const { JoinTokens } = await manager.get<{ JoinTokens: { Manager: string; Worker: string } }>('/swarm', signal);
  const here = `${api.address}:${SWARM_PORT}`;
  const RemoteAddrs = managers.map(({ address }) => `${address}:${SWARM_PORT}`);
  await api.post(
    '/swarm/join',
    { ListenAddr: here, AdvertiseAddr: here, RemoteAddrs, JoinToken: role === 'manager' ? JoinTokens.Manager : JoinTokens.Worker },
    signal,
    JOIN_MS,
  );
  return (await membership(api, signal)).NodeID;
}

/** Waits until a manager sees all of these nodes ready. */
export async function allReady(
  manager: EngineApi,
  ids: readonly string[],
  signal: AbortSignal,
  withinMs: number,
): Promise<readonly SwarmNode[]> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const nodes = await listNodes(manager, signal);
    const late = ids.filter((id) => !nodes.some((node) => node.ID === id && node.Status.State === 'ready'));
    if (late.length === 0) return nodes;
    if (Date.now() > giveUpAt)
      throw new StepFailed(`the manager does not see these nodes ready: ${late.join(', ')}`, { retryable: true, blockedBy: late });
    await pause(POLL_MS, undefined, { signal });
  }
}

/** Removes what a node was before it joined anew: the managers keep the old one as down for ever. */
export async function forgetFormer(
  manager: EngineApi,
  { ID, Description }: SwarmNode,
  nodes: readonly SwarmNode[],
  signal: AbortSignal,
): Promise<void> {
  const former = nodes.filter(
    (node) => node.ID !== ID && node.Description.Hostname === Description.Hostname && node.Status.State === 'down',
  );
  for (const node of former) await forget(manager, node.ID, signal);
}

/**
 * Has the managers move a node's tasks elsewhere and waits for its containers to stop, for as long as those may take
 * (10 s unless a service says otherwise), at most `withinMs`.
 */
export async function drain(manager: EngineApi, id: string, signal: AbortSignal, withinMs: number): Promise<void> {
  const node = (await listNodes(manager, signal)).find((candidate) => candidate.ID === id);
  if (!node) return;
  if (node.Spec.Availability !== 'drain')
    await manager.post(`/nodes/${id}/update?version=${node.Version.Index}`, { ...node.Spec, Availability: 'drain' }, signal);
  // A node that is down cannot say that its containers have stopped.
  if (node.Status.State !== 'ready') return;
  const giveUpAt = Date.now() + withinMs;
  const filters = encodeURIComponent(JSON.stringify({ node: [id] }));
  for (;;) {
    const tasks = await manager.get<readonly SwarmTask[]>(`/tasks?filters=${filters}`, signal);
    if (!tasks.some((task) => ALIVE.has(task.Status.State)) || Date.now() > giveUpAt) return;
    await pause(POLL_MS, undefined, { signal });
  }
}

/** Makes an engine forget its swarm; it stops its tasks. One that is in none is content. */
export async function leaveSwarm(api: EngineApi, signal: AbortSignal): Promise<void> {
  try {
    await api.post('/swarm/leave?force=true', undefined, signal, JOIN_MS);
  } catch (error) {
    // 503: "This node is not part of a swarm".
    if (!(error instanceof EngineRefused) || error.status !== 503) throw error;
  }
}

/**
 * Makes a node a manager or a worker, and waits until the managers say that it is one.
 * @throws {StepFailed} retryable: it is not so after `withinMs`.
 */
export async function setRole(manager: EngineApi, id: string, role: 'manager' | 'worker', signal: AbortSignal, withinMs: number): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const node = (await listNodes(manager, signal)).find((candidate) => candidate.ID === id);
    // Struck off by somebody else: no role is left to change.
    if (!node) return;
    const isManager = node.ManagerStatus?.Reachability === 'reachable';
    if (role === 'manager' ? isManager : !node.ManagerStatus) return;
    if (Date.now() > giveUpAt) throw new StepFailed(`the node ${id} does not become a ${role}`, { retryable: true, blockedBy: [id] });
    if (node.Spec.Role !== role) await manager.post(`/nodes/${id}/update?version=${node.Version.Index}`, { ...node.Spec, Role: role }, signal);
    await pause(POLL_MS, undefined, { signal });
  }
}

/** Strikes a node off the managers' list; one that is not on it is content. */
export async function forget(manager: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  try {
    await manager.delete(`/nodes/${id}?force=true`, signal);
  } catch (error) {
    if (!(error instanceof EngineRefused) || error.status !== 404) throw error;
  }
}
