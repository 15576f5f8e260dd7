import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { BayNames } from './names.ts';

const DELETED_BAYS = 'deleted-bays.log';
/** About 9,000 deleted bays; as many again are kept in the file before. Tokens older than that are no longer on their way. */
const DELETED_BAYS_BYTES = 512 * 1024;

/**
 * Lets only the newest dispatch of a bay act. Each token seen is an empty file in the bay's directory, so two processes
 * cannot lower the fence whichever order they write in. A deleted bay leaves one line in a log of the data directory.
 */
export class Fence {
  readonly #dir: string;

  constructor(
    private readonly names: BayNames,
    private readonly dataDir: string,
    private readonly token: number,
  ) {
    this.#dir = join(names.bayDir, 'fence');
  }

  /** Whether the bay has a directory, and so a fence that can be raised. */
  exists(): boolean {
    return existsSync(this.#dir);
  }

  /** Makes the bay's directory and its fence. */
  build(): void {
    this.refuseDeleted();
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    this.raise();
  }

  /** @throws {StepFailed} a higher token was here; otherwise lower ones are refused from now on. */
  raise(): void {
    writeFileSync(join(this.#dir, this.#marker()), '', { mode: 0o600 });
    for (const lower of this.check().filter((marker) => marker < this.#marker())) rmSync(join(this.#dir, lower), { force: true });
  }

  /** @throws {StepFailed} somebody newer was here since, or the bay is gone. Cheap: asked before every effect. */
  check(): readonly string[] {
    const markers = this.#markers();
    const newest = markers.at(-1);
    if (newest === undefined)
      throw new StepFailed(`the bay was removed while a step with fencing token ${this.token} was under way`, { retryable: false });
    if (newest > this.#marker())
      throw new StepFailed(`fencing token ${this.token} is too old: ${Number(newest)} was here`, { retryable: false });
    return markers;
  }

  /** @throws {StepFailed} the bay was deleted under a higher token. */
  refuseDeleted(): void {
    for (const file of [DELETED_BAYS, `${DELETED_BAYS}.1`].map((name) => join(this.dataDir, name)).filter(existsSync)) {
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const [bayId, token] = line.split(' ');
        if (bayId === this.names.bayId && Number(token) > this.token)
          throw new StepFailed(`the bay was deleted under fencing token ${token}; ${this.token} is too old`, { retryable: false });
      }
    }
  }

  /** To be written before the fence goes away with the bay's directory. */
  remember(): void {
    mkdirSync(this.dataDir, { recursive: true });
    const file = join(this.dataDir, DELETED_BAYS);
    if (existsSync(file) && statSync(file).size > DELETED_BAYS_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, `${this.names.bayId} ${this.token}\n`, { mode: 0o600 });
  }

  #marker(): string {
    return String(this.token).padStart(16, '0');
  }

  #markers(): readonly string[] {
    try {
      return readdirSync(this.#dir).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
