import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLOUD_FILE } from '../cloud/cloud-file.ts';

export interface TemporaryCloudFile {
  readonly path: string;
  remove(): void;
}

/** The cloud file of the package with further members in its lists. */
export function cloudFileWith(more: Readonly<Record<string, readonly unknown[]>>): TemporaryCloudFile {
  const cloud = JSON.parse(readFileSync(DEFAULT_CLOUD_FILE, 'utf8')) as Record<string, unknown[]>;
  for (const [list, members] of Object.entries(more)) cloud[list] = [...(cloud[list] ?? []), ...members];
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-cloud-'));
  const path = join(folder, 'cloud.json');
  writeFileSync(path, JSON.stringify(cloud));
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
