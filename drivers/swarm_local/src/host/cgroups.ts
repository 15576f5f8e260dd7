import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readMounts } from './mounts.ts';
import type { Mount } from './mounts.ts';

const GONE = new Set(['ENOENT', 'ENODEV']);
const EMPTIES_MS = 5_000;
const RETRY_MS = 10;

/** Where the hierarchies are: one for version 2, one for each controller for version 1, both on a hybrid host. */
export function hierarchies(mounts: readonly Mount[] = readMounts()): readonly string[] {
  return mounts.filter((mount) => mount.type === 'cgroup' || mount.type === 'cgroup2').map((mount) => mount.path);
}

/** Directories of one cgroup, one for each hierarchy in which it exists. */
export function cgroupDirs(path: string): readonly string[] {
  return hierarchies()
    .map((root) => join(root, path))
    .filter((dir) => existsSync(dir));
}

export function makeCgroup(path: string): void {
  for (const root of hierarchies()) mkdirSync(join(root, path), { recursive: true });
}

/** Ids of the processes in a cgroup and below. */
export function processesIn(path: string): readonly number[] {
  const pids = cgroupDirs(path)
    .flatMap((dir) => withDescendants(dir))
    .flatMap((dir) => read(join(dir, 'cgroup.procs')).split('\n'));
  return [...new Set(pids.filter((pid) => pid !== '').map(Number))];
}

/** A paused container does not even die: wake what is frozen, in the ways of both versions. */
export function thaw(path: string): void {
  for (const dir of cgroupDirs(path).flatMap((found) => withDescendants(found))) {
    write(join(dir, 'freezer.state'), 'THAWED');
    write(join(dir, 'cgroup.freeze'), '0');
  }
}

/** Removes a cgroup and all below. The kernel takes a moment to notice that a killed process has left. */
export async function removeCgroup(path: string): Promise<void> {
  const giveUpAt = Date.now() + EMPTIES_MS;
  for (;;) {
    const busy = cgroupDirs(path)
      .flatMap((dir) => withDescendants(dir).toReversed())
      .filter((dir) => !removed(dir));
    if (busy.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`these cgroups stay busy: ${busy.join(', ')}`);
    await pause(RETRY_MS);
  }
}

/** Parents come before their children. */
function withDescendants(dir: string): readonly string[] {
  try {
    return [
      dir,
      ...readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap((entry) => withDescendants(join(dir, entry.name))),
    ];
  } catch (error) {
    return forgiveGone(error, []);
  }
}

function removed(dir: string): boolean {
  try {
    rmdirSync(dir);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    return forgiveGone(error, true);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return forgiveGone(error, '');
  }
}

function write(file: string, text: string): void {
  if (!existsSync(file)) return;
  try {
    writeFileSync(file, text);
  } catch (error) {
    forgiveGone(error, undefined);
  }
}

/** Cgroups of dying containers vanish while one looks at them. */
function forgiveGone<T>(error: unknown, instead: T): T {
  if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return instead;
  throw error;
}
