import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const TEMPORARY = '.writing-';
/** A write takes milliseconds; what is older was left by a crash. */
const LEFTOVER_AFTER_MS = 10 * 60 * 1000;

/** Writes a whole file or nothing; when it resolves, the file survives the loss of power. Mode 0600. */
export async function writeDurably(path: string, content: Buffer): Promise<void> {
  const temporary = await writeTemporary(dirname(path), content);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/**
 * As `writeDurably`, unless the file is there already, which stays as it is.
 * @returns whether this call wrote it.
 */
export async function createDurably(path: string, content: Buffer): Promise<boolean> {
  const temporary = await writeTemporary(dirname(path), content);
  try {
    // A link appears at once and whole, and fails where there is a file: of two first starts one wins.
    await link(temporary, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(temporary);
    await syncDirectory(dirname(path));
  }
  return true;
}

export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}

/** Makes a directory and its parents with mode 0700 where they are missing. */
export async function makeDirectoryDurably(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** Clears away what writes cut short have left in a directory, others' writes under way excepted. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const path = join(directory, name);
    if ((await ageMs(path)) > LEFTOVER_AFTER_MS) await rm(path, { force: true });
  }
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    // The write it belonged to has just ended.
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

/** By its shape: an error of the file system may come from another realm, where `instanceof Error` does not hold. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

async function writeTemporary(directory: string, content: Buffer): Promise<string> {
  const path = join(directory, `${TEMPORARY}${randomUUID()}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return path;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
