import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freezeDriver, loadDrivers, sampleCorpus } from '@jeroboam/driver-sdk';
import type { DriverManifest, FrozenDriver, RecordedCase } from '@jeroboam/driver-sdk';
import { Problem } from '../problem.ts';

/** @param specifier what `JEROBOAM_DRIVERS` takes: a package, a folder or a module. @throws {Problem} */
export async function loadManifests(specifier: string, folder: string): Promise<readonly DriverManifest[]> {
  try {
    return await loadDrivers([specifier], folder);
  } catch (cause) {
    throw new Problem(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * Drivers as they were: out of a frozen file (`*.json`), or loaded and rendered over the bays recorded beside them in
 * `corpus.json`, or over samples where none are.
 * @throws {Problem}
 */
export async function frozenDrivers(specifier: string, folder: string): Promise<readonly FrozenDriver[]> {
  const path = resolve(folder, specifier);
  if (specifier.endsWith('.json')) return listIn(path) as readonly FrozenDriver[];
  const manifests = await loadManifests(specifier, folder);
  const corpusFile = join(path, 'corpus.json');
  const corpus = existsSync(corpusFile) ? (listIn(corpusFile) as readonly RecordedCase[]) : null;
  return Promise.all(manifests.map((manifest) => freezeDriver(manifest, corpus ?? sampleCorpus(manifest))));
}

function listIn(path: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Problem(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!Array.isArray(value)) throw new Problem(`${path} holds no list.`);
  return value;
}
