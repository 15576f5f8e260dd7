import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';

export interface HostProcess {
  readonly pid: number;
  readonly args: readonly string[];
}

/** Every process that has a command line: neither kernel threads nor the dead that were not yet fetched. */
export function readProcesses(): readonly HostProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const args = readArgs(name);
      return args.length === 0 ? [] : [{ pid: Number(name), args }];
    });
}

function readArgs(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Whether this is the engine with this exec root, or the launcher that is about to become it. */
export function isEngine({ args }: HostProcess, execRoot: string): boolean {
  return args.some((arg, index) => arg === '--exec-root' && args[index + 1] === execRoot);
}

/** Whether this is one of the helpers an engine leaves running: containerd, its shims, runc. Not a mere reader of its files. */
export function isEngineHelper({ args }: HostProcess, execRoot: string): boolean {
  const program = basename(args[0] ?? '');
  return (program.startsWith('containerd') || program === 'runc') && args.some((arg) => arg.startsWith(`${execRoot}/`));
}

/** Whether this forwards a published port inside the given network namespace (a number as `netNamespace` gives it). */
export function isPortForwarder({ pid, args }: HostProcess, namespace: number | undefined): boolean {
  return namespace !== undefined && basename(args[0] ?? '') === 'docker-proxy' && netNamespaceOf(pid) === namespace;
}

/** The inode by which a named network namespace is known; undefined when there is none. */
export function netNamespace(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function netNamespaceOf(pid: number): number | undefined {
  try {
    const match = /^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`));
    return match ? Number(match[1]) : undefined;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Whether no thread of a process runs any more; one that is dead and was not yet fetched by its parent is gone. */
export function isGone(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => /\) [ZX] /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  }
}

/** Kills a process, or asks it to end; one that is gone already is none. */
export function kill(pid: number, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
