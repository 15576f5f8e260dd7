import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { loadDrivers } from '@jeroboam/driver-sdk';
import { BayLife } from '@jeroboam/driver-sdk/testing';
import { median } from './bench.ts';
import type { BenchRow } from './bench.ts';

// A bay of one master and two workers through the driver against the same Swarm set up by a shell script, turn by turn.
// The script has no ledger, no fence, no names to look for after a crash, and gives the nodes no image; it does make keys
// and certificates, waits for all nodes to be ready, and does side by side what can be.

const ROUNDS = 5;
const ROOT = join(import.meta.dirname, '..', '..', '..');
const SCRIPT = join(ROOT, 'test', 'bench', 'swarm-by-hand.sh');

interface Round {
  readonly createMs: number;
  readonly deleteMs: number;
  readonly byHandMs: number;
}

export async function run(): Promise<BenchRow[]> {
  const [manifest] = (await loadDrivers(['@jeroboam/driver-swarm-local'], ROOT)) as [DriverManifest];
  const missing = await missingFor(manifest);
  if (missing.length > 0) return [{ name: `Swarm bay: not measured, as ${missing.join(', ')} is missing`, value: 0, unit: 'ms' }];
  await round(manifest);
  const rounds: Round[] = [];
  for (let number = 0; number < ROUNDS; number += 1) rounds.push(await round(manifest));
  return [
    {
      name: 'create a Swarm bay, 1 master and 2 workers',
      value: median(rounds.map(({ createMs }) => createMs)),
      unit: 'ms',
      floor: median(rounds.map(({ byHandMs }) => byHandMs)),
      ratio: median(rounds.map(({ createMs, byHandMs }) => createMs / byHandMs)),
      target: 'ratio <= 1.5 (of the time by hand)',
    },
    { name: 'delete it', value: median(rounds.map(({ deleteMs }) => deleteMs)), unit: 'ms' },
  ];
}

async function round(manifest: DriverManifest): Promise<Round> {
  return { byHandMs: await byHand(), ...(await throughTheDriver(manifest)) };
}

async function throughTheDriver(manifest: DriverManifest): Promise<{ readonly createMs: number; readonly deleteMs: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const life = new BayLife(manifest.create({ dataDir, log: { info: () => {}, warn: () => {} } }), manifest, { workers: 2 });
  const createMs = await timed(() => life.run(life.creation()));
  const deleteMs = await timed(() => life.run(life.deletion()));
  rmSync(dataDir, { recursive: true });
  return { createMs, deleteMs };
}

async function byHand(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const args = [directory, `jh${randomBytes(3).toString('hex')}`, freeNet()];
  try {
    return await timed(() => shell('up', ...args));
  } finally {
    await shell('down', ...args);
    rmSync(directory, { recursive: true });
  }
}

/** Outside the driver's own range. */
function freeNet(): string {
  const used = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  const nets = Array.from({ length: 256 }, (_, index) => `10.87.${index}`);
  return nets.find((net) => !used.some((address) => address.startsWith(`${net}.`)))!;
}

function shell(...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', [SCRIPT, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${SCRIPT} ${args[0]} ended with ${code}`))));
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function missingFor(manifest: DriverManifest): Promise<readonly string[]> {
  const availability = await manifest.create({ dataDir: tmpdir(), log: { info: () => {}, warn: () => {} } }).availability();
  return availability.available ? [] : availability.missing.map(({ what }) => what);
}
