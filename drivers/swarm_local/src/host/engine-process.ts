import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityFiles } from '../bay/bay-site.ts';
import type { NodeRecord } from '../bay/bay-record.ts';
import type { BayNames } from '../bay/names.ts';
import { ENGINE_PORT } from '../swarm/engine-api.ts';
import { TOOL_ENVIRONMENT } from './command.ts';
import { processesIn, removeCgroup, thaw } from './cgroups.ts';
import { removeTrees } from './mounts.ts';
import { NAMESPACES } from './network.ts';
import { isEngine, isEngineHelper, isGone, isPortForwarder, kill, netNamespace, readProcesses } from './processes.ts';
import type { HostProcess } from './processes.ts';

/** What one engine may write into its log before the log is begun anew at the next start. */
const LOG_BYTES = 10 * 1024 * 1024;
const DIES_MS = 10_000;
/** Containers get 10 s to stop unless a service says otherwise, and the engine 15 s for all of them. */
const STOPS_MS = 25_000;
const IDENTITY_LABEL = 'jeroboam.identity=';
const RETRY_MS = 10;

/** Process id of a node's engine; undefined when it does not run. */
export function findEngine(names: BayNames, slot: number): number | undefined {
  const execRoot = names.execRoot(slot);
  return readProcesses().find((candidate) => isEngine(candidate, execRoot))?.pid;
}

/**
 * Starts a node's engine over its old directories, in its namespace and with its own host name. It belongs to no session
 * or terminal of ours, so it outlives this process. Does not wait for it to be ready.
 * @param storageDriver the engine chooses when it is null.
 * @returns its process id.
 */
export async function startEngine(names: BayNames, node: NodeRecord, storageDriver: string | null): Promise<number> {
  await clearFormer(names, node.slot);
  return launch(names, node, storageDriver);
}

/**
 * Clears away what a killed engine leaves in the way of the next: pid files whose numbers may be anybody's by now, and its
 * containerd, which is about to die with it and on which the next engine would wait in vain. Containers stay.
 */
async function clearFormer(names: BayNames, slot: number): Promise<void> {
  const execRoot = names.execRoot(slot);
  const giveUpAt = Date.now() + DIES_MS;
  for (let left = containerdsOf(execRoot); left.length > 0 && Date.now() < giveUpAt; left = containerdsOf(execRoot)) {
    left.forEach(({ pid }) => kill(pid));
    await pause(RETRY_MS);
  }
  rmSync(join(execRoot, 'containerd', 'containerd.pid'), { force: true });
  rmSync(pidFile(names, slot), { force: true });
}

function containerdsOf(execRoot: string): readonly HostProcess[] {
  return readProcesses().filter((candidate) => isEngineHelper(candidate, execRoot) && basename(candidate.args[0]!) === 'containerd');
}

function launch(names: BayNames, node: NodeRecord, storageDriver: string | null): number {
  const nodeDir = names.nodeDir(node.slot);
  writeSettings(names, node, storageDriver);
  mkdirSync(names.runtimeDir, { recursive: true, mode: 0o700 });
  const logged = statSync(logFile(nodeDir), { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(logFile(nodeDir), logged > LOG_BYTES ? 'w' : 'a', 0o600);
  const inside = [
    '--net=' + join(NAMESPACES, names.namespace(node.slot)),
    'unshare',
    '--uts',
    'sh',
    '-c',
    'echo "$0" >/proc/sys/kernel/hostname && exec "$@"',
    node.hostName,
  ];
  const engine = ['dockerd', '--config-file', settingsFile(nodeDir), '--exec-root', names.execRoot(node.slot)];
  const child = spawn('nsenter', [...inside, ...engine], { detached: true, env: TOOL_ENVIRONMENT, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  // An engine that cannot be started is noticed by whoever waits for it, who also finds the reason in its log.
  child.on('error', (error) => writeFileSync(logFile(nodeDir), `${error.message}\n`, { flag: 'a' }));
  child.unref();
  return child.pid ?? 0;
}

/**
 * Stops a node's engine in good order, its containers too: a manager hands over what it leads. What takes too long is
 * ended at once. The engine's directories stay.
 */
export async function stopEngine(names: BayNames, slot: number): Promise<void> {
  const pid = findEngine(names, slot);
  if (pid !== undefined) {
    kill(pid, 'SIGTERM');
    // It ends its containerd when all is done, and itself only two seconds later.
    const isBusy = () => !isGone(pid) && containerdsOf(names.execRoot(slot)).length > 0;
    for (const giveUpAt = Date.now() + STOPS_MS; isBusy() && Date.now() < giveUpAt; ) await pause(RETRY_MS);
  }
  await endEngines(names, [slot]);
}

/** Whether a node's engine was started with the certificates that lie there now. It reads them only when it starts. */
export function isStartedWithItsIdentity(names: BayNames, slot: number): boolean {
  const nodeDir = names.nodeDir(slot);
  if (!existsSync(settingsFile(nodeDir))) return false;
  const { labels } = JSON.parse(readFileSync(settingsFile(nodeDir), 'utf8')) as { labels: readonly string[] };
  return labels.includes(identityLabel(nodeDir));
}

/** Of what an engine is told to trust and to be. */
function identityLabel(nodeDir: string): string {
  const { ca, certificate } = identityFiles(nodeDir);
  const digest = createHash('sha256').update(readFileSync(ca)).update(readFileSync(certificate)).digest('hex');
  return `${IDENTITY_LABEL}${digest.slice(0, 32)}`;
}

/** The last thing an engine said, for people. */
export function lastWords(names: BayNames, slot: number): string {
  const file = logFile(names.nodeDir(slot));
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.at(-1)?.slice(-400) ?? '';
}

/**
 * Ends everything that runs for the given nodes at once, containers included, and removes what has no meaning without it:
 * exec roots and cgroups. Asks nobody first: what is to end in good order has been drained before.
 */
export async function endEngines(names: BayNames, slots: readonly number[]): Promise<void> {
  await endProcesses(names, slots);
  for (const slot of slots) {
    await removeCgroup(names.nodeCgroup(slot));
    rmSync(pidFile(names, slot), { force: true });
  }
  await removeTrees(slots.map((slot) => names.execRoot(slot)));
}

/** Returns when the last thread is gone: until then it may still mount something, and what is mounted must not be removed. */
async function endProcesses(names: BayNames, slots: readonly number[]): Promise<void> {
  const giveUpAt = Date.now() + DIES_MS;
  const dying = new Set<number>();
  for (;;) {
    for (const slot of slots) thaw(names.nodeCgroup(slot));
    for (const pid of processesOf(names, slots)) {
      dying.add(pid);
      kill(pid);
    }
    for (const pid of dying) if (isGone(pid)) dying.delete(pid);
    if (dying.size === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`these processes do not die: ${[...dying].join(', ')}`);
    await pause(RETRY_MS);
  }
}

/** Engines first: they would start again what is killed under them. */
export function processesOf(names: BayNames, slots: readonly number[]): readonly number[] {
  const all = readProcesses();
  const engines = slots.flatMap((slot) => all.filter((candidate) => isEngine(candidate, names.execRoot(slot))));
  const helpers = slots.flatMap((slot) => all.filter(isPartOf(names, slot)));
  const contained = slots.flatMap((slot) => processesIn(names.nodeCgroup(slot)));
  return [...new Set([...engines.map(({ pid }) => pid), ...helpers.map(({ pid }) => pid), ...contained])];
}

function isPartOf(names: BayNames, slot: number): (candidate: HostProcess) => boolean {
  const namespace = netNamespace(join(NAMESPACES, names.namespace(slot)));
  return (candidate) => isEngineHelper(candidate, names.execRoot(slot)) || isPortForwarder(candidate, namespace);
}

/** A file of its own rather than arguments, and rather than the host's own `/etc/docker/daemon.json`. */
function writeSettings(names: BayNames, { slot, name, address }: NodeRecord, storageDriver: string | null): void {
  const nodeDir = names.nodeDir(slot);
  const identity = identityFiles(nodeDir);
  const settings = {
    hosts: [`tcp://${address}:${ENGINE_PORT}`],
    tlsverify: true,
    tlscacert: identity.ca,
    tlscert: identity.certificate,
    tlskey: identity.key,
    'data-root': join(nodeDir, 'data'),
    pidfile: pidFile(names, slot),
    'cgroup-parent': names.nodeCgroup(slot),
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'log-level': 'warn',
    'log-opts': { 'max-size': '10m', 'max-file': '2' },
    // The identity before the engine reads it: should it change in between, the engine only looks older than it is.
    labels: [`jeroboam.bay=${names.bayId}`, `jeroboam.node=${name}`, identityLabel(nodeDir)],
    ...(storageDriver === null ? {} : { 'storage-driver': storageDriver }),
  };
  const draft = `${settingsFile(nodeDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, settingsFile(nodeDir));
}

function settingsFile(nodeDir: string): string {
  return join(nodeDir, 'daemon.json');
}

function logFile(nodeDir: string): string {
  return join(nodeDir, 'engine.log');
}

/** Outside the exec root, which is removed while the engine's namesake may be starting. */
function pidFile(names: BayNames, slot: number): string {
  return `${names.execRoot(slot)}.pid`;
}
