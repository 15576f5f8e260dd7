import { spawnSync } from 'node:child_process';
import { isStatic } from './busybox-image.ts';
import { tar } from './tar.ts';

/** The header of a 64-bit program with segments of these types. */
function elf(...segments: readonly number[]): Buffer {
  const program = Buffer.alloc(64 + segments.length * 56);
  program.write('\x7fELF', 'latin1');
  program.set([2, 1], 4);
  program.writeBigUInt64LE(64n, 32);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(segments.length, 56);
  segments.forEach((type, index) => program.writeUInt32LE(type, 64 + index * 56));
  return program;
}

describe('the busybox image', () => {
  it('is made only of a program that needs no loader', () => {
    expect([elf(1, 1), elf(6, 3, 1), Buffer.from('#!/bin/sh'), Buffer.alloc(0)].map(isStatic)).toEqual([true, false, false, false]);
  });

  it('is an archive that tar reads', () => {
    const archive = tar([
      { kind: 'directory', path: 'bin/', mode: 0o755 },
      { kind: 'file', path: 'bin/program', mode: 0o755, content: Buffer.alloc(513, 'x') },
      { kind: 'symlink', path: 'bin/[', mode: 0o777, target: 'program' },
      { kind: 'file', path: 'empty', mode: 0o644, content: Buffer.alloc(0) },
    ]);
    const listed = spawnSync('tar', ['-tvf', '-', '--numeric-owner'], { input: archive, env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } });
    expect(listed.stderr.toString()).toBe('');
    expect(
      listed.stdout
        .toString()
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(/ +\d{4}-\d\d-\d\d \d\d:\d\d/g, '').replaceAll(/ +/g, ' ')),
    ).toEqual(['drwxr-xr-x 0/0 0 bin/', '-rwxr-xr-x 0/0 513 bin/program', 'lrwxrwxrwx 0/0 0 bin/[ -> program', '-rw-r--r-- 0/0 0 empty']);
  });
});
