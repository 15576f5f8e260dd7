import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailed } from '@jeroboam/driver-sdk';

/** Deleted bays whose last token is remembered; older tokens are no longer on their way. */
const REMEMBERED = 10_000;
const DELETED = 'deleted';

/**
 * Lets only the newest dispatch of a bay act. Each token seen is an empty file, so two processes cannot lower the fence
 * whichever order they write in. What a deleted bay leaves is its folder. Executors on other hosts are held off by the
 * ledger, which refuses whoever has lost the lease, and by the token that each stack was last changed under.
 */
export class Fence {
  readonly #folder: string;

  constructor(
    private readonly dataDir: string,
    bayId: string,
    readonly token: number,
  ) {
    this.#folder = join(dataDir, 'fences', encodeURIComponent(bayId));
  }

  /** @throws {StepFailed} a higher token was here; otherwise lower ones are refused from now on. */
  raise(): void {
    // Most steps find the folder there: every call to the disk holds up the whole process.
    if (this.check().length === 0) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#folder, marker(this.token)), '', { mode: 0o600 });
    for (const lower of this.check().filter((each) => each < marker(this.token))) rmSync(join(this.#folder, lower), { force: true });
  }

  /** @throws {StepFailed} somebody newer was here since. Cheap: asked before every effect. */
  check(): readonly string[] {
    const markers = filesOf(this.#folder).filter((name) => name !== DELETED);
    const newest = markers.at(-1);
    if (newest !== undefined && newest > marker(this.token))
      throw new StepFailed(`fencing token ${this.token} is too old: ${Number(newest)} was here`, { retryable: false });
    return markers;
  }

  /** Says that the bay is gone, and forgets those that went longest ago. */
  deleted(): void {
    writeFileSync(join(this.#folder, DELETED), '', { mode: 0o600 });
    const root = join(this.dataDir, 'fences');
    const bays = filesOf(root);
    if (bays.length <= REMEMBERED) return;
    const gone = bays.flatMap((bay) => {
      const since = statSync(join(root, bay, DELETED), { throwIfNoEntry: false })?.mtimeMs;
      return since === undefined ? [] : [{ bay, since }];
    });
    // A tenth at once, so that not every deletion looks through all.
    const oldest = gone.toSorted((one, other) => one.since - other.since).slice(0, REMEMBERED / 10);
    for (const { bay } of oldest) rmSync(join(root, bay), { recursive: true, force: true });
  }
}

function marker(token: number): string {
  return String(token).padStart(16, '0');
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
