import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BayRecord } from './bay-record.ts';
import { baysDir } from './names.ts';

const FILE = 'bay.json';

/** @returns undefined when there is none. */
export function readRecord(bayDir: string): BayRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(bayDir, FILE), 'utf8')) as BayRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Readers see the old record or the new one, whole. */
export function writeRecord(bayDir: string, record: BayRecord): void {
  const draft = join(bayDir, `${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, join(bayDir, FILE));
}

/** The records of all bays of one data directory. */
export function readRecords(dataDir: string): readonly BayRecord[] {
  const dir = baysDir(dataDir);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .map((name) => readRecord(join(dir, name)))
    .filter((record) => record !== undefined);
}
