import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { command, succeeds } from './command.ts';

const SETTLES_MS = 5_000;
const RETRY_MS = 20;

export interface Mount {
  readonly path: string;
  readonly type: string;
  /** Options of the file system itself, e.g. the controllers of a cgroup hierarchy. */
  readonly options: readonly string[];
}

/** Lines of `/proc/self/mountinfo`, in the order of mounting (proc(5)). */
export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before, after] = line.split(' - ') as [string, string];
      const [type, , options = ''] = after.split(' ');
      // Blanks in paths are written as octal escapes.
      const path = before.split(' ')[4]!.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
      return { path, type: type!, options: options.split(',') };
    });
}

export function readMounts(): readonly Mount[] {
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** Mount points inside the given directories, innermost first. */
export function mountsWithin(dirs: readonly string[], mounts: readonly Mount[] = readMounts()): readonly string[] {
  return mounts
    .map((mount) => mount.path)
    .filter((path) => dirs.some((dir) => path.startsWith(`${dir}/`)))
    .reverse();
}

/**
 * Removes directories with all that is mounted inside. A killed process may finish a mount it had begun, so what is busy is
 * tried again.
 */
export async function removeTrees(dirs: readonly string[]): Promise<void> {
  const giveUpAt = Date.now() + SETTLES_MS;
  for (;;) {
    await unmountWithin(dirs);
    try {
      for (const dir of dirs) await rm(dir, { recursive: true, force: true });
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await pause(RETRY_MS);
    }
  }
}

/** Unmounts everything inside the given directories. What is still in use is detached and goes with its last user. */
async function unmountWithin(dirs: readonly string[]): Promise<void> {
  const paths = mountsWithin(dirs);
  if (paths.length === 0 || (await succeeds('umount', paths))) return;
  for (const path of mountsWithin(dirs)) await command('umount', ['--lazy', path]);
}
