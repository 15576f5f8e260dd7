import { readFile } from 'node:fs/promises';
import { command, findProgram } from '../host/command.ts';
import type { EngineApi } from './engine-api.ts';
import { tar } from './tar.ts';
import type { TarEntry } from './tar.ts';

export const BUSYBOX_IMAGE = 'busybox:latest';
const PT_INTERP = 3;
/** Without it Debian's busybox looks for libraries to find services and hosts with, has none, and dies in `wget`. */
const NSSWITCH =
  ['passwd', 'group', 'services', 'protocols', 'networks'].map((database) => `${database}: files\n`).join('') + 'hosts: files dns\n';

let archive: Promise<Buffer | undefined> | undefined;

/** A root file system around this host's busybox; undefined where there is none that runs by itself. Made once. */
export function busyboxArchive(): Promise<Buffer | undefined> {
  archive ??= makeArchive();
  return archive;
}

/** Gives an engine the image `busybox:latest`, unless it has one: bays have no registry to fetch it from. */
export async function provideBusybox(api: EngineApi, signal: AbortSignal): Promise<void> {
  const content = await busyboxArchive();
  if (!content || (await api.has(`/images/${BUSYBOX_IMAGE}/json`, signal))) return;
  const changes = ['CMD ["sh"]', 'ENV PATH=/bin'].map((change) => `&changes=${encodeURIComponent(change)}`).join('');
  await api.upload(`/images/create?fromSrc=-&repo=busybox&tag=latest${changes}`, content, signal);
  // An import that fails half-way has been answered with 200 already.
  if (!(await api.has(`/images/${BUSYBOX_IMAGE}/json`, signal)))
    throw new Error(`the engine at ${api.address} did not take the image ${BUSYBOX_IMAGE}`);
}

async function makeArchive(): Promise<Buffer | undefined> {
  const path = findProgram('busybox');
  if (!path) return undefined;
  const busybox = await readFile(path);
  if (!isStatic(busybox)) return undefined;
  const applets = (await command(path, ['--list'])).split('\n').filter((name) => /^[\w.[-]+$/.test(name) && name !== 'busybox');
  return tar([
    ...['bin/', 'dev/', 'etc/', 'proc/', 'root/', 'sys/', 'var/'].map((dir): TarEntry => ({ kind: 'directory', path: dir, mode: 0o755 })),
    { kind: 'directory', path: 'tmp/', mode: 0o1777 },
    {
      kind: 'file',
      path: 'etc/passwd',
      mode: 0o644,
      content: Buffer.from('root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
    },
    { kind: 'file', path: 'etc/group', mode: 0o644, content: Buffer.from('root:x:0:\nnogroup:x:65534:\n') },
    { kind: 'file', path: 'etc/nsswitch.conf', mode: 0o644, content: Buffer.from(NSSWITCH) },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: busybox },
    ...applets.map((name): TarEntry => ({ kind: 'symlink', path: `bin/${name}`, mode: 0o777, target: 'busybox' })),
  ]);
}

/** Whether a 64-bit little-endian ELF program names no loader, and so needs no libraries in the image (elf(5)). */
export function isStatic(program: Buffer): boolean {
  if (program.length < 64 || program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2 || program[5] !== 1) return false;
  const [offset, size, count] = [Number(program.readBigUInt64LE(32)), program.readUInt16LE(54), program.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(offset + index * size)).every((type) => type !== PT_INTERP);
}
