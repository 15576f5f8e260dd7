import { readFileSync } from 'node:fs';
import { command, succeeds } from './command.ts';

export interface Mount {
  readonly path: string;
  readonly type: string;
  /** Options of the file system itself, e.g. the controllers of a cgroup hierarchy. */
  readonly options: readonly string[];
}

/** Lines of `/proc/self/mountinfo`, in the order of mounting (proc(5)). */
export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').filter((line) => line !== '').map((line) => {
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
  return mounts.map((mount) => mount.path).filter((path) => dirs.some((dir) => path.startsWith(`${dir}/`))).reverse();
}

/** Unmounts everything inside the given directories. What is still in use is detached and goes with its last user. */
export async function unmountWithin(dirs: readonly string[]): Promise<void> {
  const paths = mountsWithin(dirs);
  if (paths.length === 0 || (await succeeds('umount', paths))) return;
  for (const path of mountsWithin(dirs)) await command('umount', ['--lazy', path]);
}
