import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a second process off a data directory. The lock is SQLite's own on a file, so the kernel lets go of it however
 * the process ends; a pid file would outlive a kill.
 *
 * @throws when another process holds it.
 */
export function lockDataDir(root: string): { release(): void } {
  const database = new DatabaseSync(join(root, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Error(`Another Jeroboam runs on ${root}. Stop it, or give this one a directory of its own with JEROBOAM_DATA_DIR.`, { cause });
  }
  return { release: () => database.close() };
}
