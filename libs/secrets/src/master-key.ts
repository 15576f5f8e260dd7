import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDurably, hasCode, makeDirectoryDurably } from './durable-file.ts';
import { KEY_BYTES } from './envelope.ts';
import { MasterKeyRefused } from './errors.ts';

/** @throws {MasterKeyRefused} undefined where there is no file. */
export async function readMasterKey(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      requirePrivate(path, mode);
      if (size !== KEY_BYTES) throw wrongSize(path, size);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (error instanceof MasterKeyRefused) throw error;
    throw new MasterKeyRefused(`The master key file ${path} cannot be read: ${String(error)}`, { cause: error });
  }
}

/** Makes the key on first start. Of two processes that start at once, both get the same. */
export async function createMasterKey(path: string): Promise<Buffer> {
  await makeDirectoryDurably(dirname(path));
  const key = randomBytes(KEY_BYTES);
  if (await createDurably(path, key)) return key;
  key.fill(0);
  const winner = await readMasterKey(path);
  if (!winner) throw new MasterKeyRefused(`The master key file ${path} was removed while the service started. Restore it and start again.`);
  return winner;
}

function requirePrivate(path: string, mode: number): void {
  const permissions = mode & 0o777;
  if ((permissions & 0o077) === 0) return;
  throw new MasterKeyRefused(
    `The master key file ${path} is open to others than its owner (mode ${permissions.toString(8).padStart(4, '0')}). `
    + `Run "chmod 600 ${path}", and if others may have read it, replace the key.`,
  );
}

function wrongSize(path: string, size: number): MasterKeyRefused {
  return new MasterKeyRefused(
    `The master key file ${path} has ${size} bytes; a master key has ${KEY_BYTES}. Restore it from a backup. `
    + 'Only where no secret was ever written with it, remove it: a new one is made at the next start.',
  );
}
