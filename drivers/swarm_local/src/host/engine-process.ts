import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityFiles } from '../bay/bay-site.ts';
import type { NodeRecord } from '../bay/bay-record.ts';
import type { BayNames } from '../bay/names.ts';
import { ENGINE_PORT } from '../swarm/engine-api.ts';
import { TOOL_ENVIRONMENT } from './command.ts';
import { processesIn, removeCgroup, thaw } from './cgroups.ts';
import { unmountWithin } from './mounts.ts';
import { NAMESPACES } from './network.ts';
import { isEngine, isEngineHelper, isPortForwarder, kill, netNamespace, readProcesses } from './processes.ts';
import type { HostProcess } from './processes.ts';

/** What one engine may write into its log before the log is begun anew at the next start. */
const LOG_BYTES = 10 * 1024 * 1024;
const DIES_MS = 10_000;
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
 */
export function startEngine(names: BayNames, node: NodeRecord, storageDriver: string | null): number {
  const nodeDir = names.nodeDir(node.slot);
  writeSettings(names, node, storageDriver);
  // The old engine is known to be gone; its pid may belong to anybody by now and would keep the new one from starting.
  rmSync(pidFile(names, node.slot), { force: true });
  mkdirSync(names.runtimeDir, { recursive: true, mode: 0o700 });
  const logged = statSync(logFile(nodeDir), { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(logFile(nodeDir), logged > LOG_BYTES ? 'w' : 'a', 0o600);
  const launch = ['--net=' + join(NAMESPACES, names.namespace(node.slot)), 'unshare', '--uts', 'sh', '-c', 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"', node.hostName];
  const engine = ['dockerd', '--config-file', settingsFile(nodeDir), '--exec-root', names.execRoot(node.slot)];
  const child = spawn('nsenter', [...launch, ...engine], { detached: true, env: TOOL_ENVIRONMENT, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  // An engine that cannot be started is noticed by whoever waits for it, who also finds the reason in its log.
  child.on('error', (error) => writeFileSync(logFile(nodeDir), `${error.message}\n`, { flag: 'a' }));
  child.unref();
  return child.pid ?? 0;
}

/** The last thing an engine said, for people. */
export function lastWords(names: BayNames, slot: number): string {
  const file = logFile(names.nodeDir(slot));
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.at(-1)?.slice(-400) ?? '';
}

/**
 * Ends everything that runs for the given nodes at once, containers included, and removes what that leaves behind: mounts
 * and cgroups. Asks nobody first: what is to end in good order has been drained before.
 */
export async function endEngines(names: BayNames, slots: readonly number[]): Promise<void> {
  const giveUpAt = Date.now() + DIES_MS;
  for (;;) {
    for (const slot of slots) thaw(names.nodeCgroup(slot));
    const running = processesOf(names, slots);
    if (running.length === 0) break;
    if (Date.now() > giveUpAt) throw new Error(`these processes do not die: ${running.join(', ')}`);
    running.forEach(kill);
    await pause(RETRY_MS);
  }
  await unmountWithin(slots.flatMap((slot) => [names.execRoot(slot), names.nodeDir(slot)]));
  for (const slot of slots) {
    await removeCgroup(names.nodeCgroup(slot));
    rmSync(names.execRoot(slot), { recursive: true, force: true });
    rmSync(pidFile(names, slot), { force: true });
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
    tlsverify: true, tlscacert: identity.ca, tlscert: identity.certificate, tlskey: identity.key,
    'data-root': join(nodeDir, 'data'), pidfile: pidFile(names, slot),
    'cgroup-parent': names.nodeCgroup(slot), 'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'log-level': 'warn', 'log-opts': { 'max-size': '10m', 'max-file': '2' },
    labels: [`jeroboam.bay=${names.bayId}`, `jeroboam.node=${name}`],
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
