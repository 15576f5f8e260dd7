import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailed } from '../driver.contract.ts';

/** One line of `effects.jsonl`: an effect on the simulated cloud, written in one append before anybody is told of it. */
export interface FakeEffect {
  readonly effect: 'created' | 'destroyed' | 'fenced';
  readonly bayId: string;
  /** Empty for `fenced`. */
  readonly resourceId: string;
  readonly type: string;
  readonly name: string;
  readonly operationId: string;
  readonly step: string;
  readonly fencingToken: number;
  /** `<bayId>/<resourceId>/<fencing token>`: two effects of one resource's life under different tokens are a bug. */
  readonly clientToken: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type FakeResource = Pick<FakeEffect, 'resourceId' | 'type' | 'name' | 'operationId'>;

interface BayInCloud {
  readonly alive: Map<string, FakeResource>;
  /** Everything that ever was, so that names are not used again. */
  readonly ever: Map<string, FakeResource>;
  fence: number;
}

/**
 * A cloud that is nothing but its journal: what exists is what was created and not destroyed. Appends are one write on
 * an O_APPEND descriptor, so a killed process loses nothing that it was told, and several processes may share the file.
 */
export class FakeCloud {
  readonly #dataDir: string;
  readonly #bays = new Map<string, BayInCloud>();
  #descriptor: number | undefined;
  #read = 0;
  #rest = '';

  // No parameter property: Node also loads this file unbuilt, by stripping its types, and cannot strip those.
  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** @throws {StepFailed} a higher token was here before. */
  fence(bayId: string, fencingToken: number, operationId: string, step: string): void {
    const { fence } = this.#bay(bayId);
    if (fencingToken < fence) throw new StepFailed(`fencing token ${fencingToken} is too old: ${fence} was here`, { retryable: false });
    if (fencingToken > fence)
      this.#append({ effect: 'fenced', bayId, resourceId: '', type: '', name: '', operationId, step, fencingToken });
  }

  /** Makes a resource, without looking whether it is there: that is the driver's to do. */
  create(bayId: string, fencingToken: number, step: string, resource: FakeResource): void {
    this.fence(bayId, fencingToken, resource.operationId, step);
    this.#append({ effect: 'created', bayId, fencingToken, step, ...resource });
  }

  destroy(bayId: string, fencingToken: number, step: string, resource: FakeResource): void {
    this.fence(bayId, fencingToken, resource.operationId, step);
    this.#append({ effect: 'destroyed', bayId, fencingToken, step, ...resource });
  }

  /** In order of their creation. */
  alive(bayId: string): readonly FakeResource[] {
    return [...this.#bay(bayId).alive.values()];
  }

  ever(bayId: string): readonly FakeResource[] {
    return [...this.#bay(bayId).ever.values()];
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(effect: Omit<FakeEffect, 'clientToken' | 'pid' | 'at'>): void {
    const { bayId, resourceId, fencingToken } = effect;
    const line = JSON.stringify({ ...effect, clientToken: `${bayId}/${resourceId}/${fencingToken}`, pid: process.pid, at: Date.now() });
    writeSync(this.#open(), `${line}\n`);
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    mkdirSync(this.#dataDir, { recursive: true });
    this.#descriptor = openSync(journalOf(this.#dataDir), 'a+', 0o600);
    return this.#descriptor;
  }

  /** Takes in what was written since the last look, by whichever process. */
  #bay(bayId: string): BayInCloud {
    const descriptor = this.#open();
    const size = fstatSync(descriptor).size;
    if (size > this.#read) {
      const bytes = Buffer.alloc(size - this.#read);
      this.#read += readSync(descriptor, bytes, 0, bytes.length, this.#read);
      const lines = (this.#rest + bytes.toString('latin1')).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) this.#take(JSON.parse(Buffer.from(line, 'latin1').toString('utf8')) as FakeEffect);
    }
    return this.#known(bayId);
  }

  #take({ effect, bayId, resourceId, type, name, operationId, fencingToken }: FakeEffect): void {
    const bay = this.#known(bayId);
    bay.fence = Math.max(bay.fence, fencingToken);
    if (effect === 'destroyed') bay.alive.delete(resourceId);
    if (effect !== 'created') return;
    const resource = { resourceId, type, name, operationId };
    bay.alive.set(resourceId, resource);
    bay.ever.set(resourceId, resource);
  }

  #known(bayId: string): BayInCloud {
    const known = this.#bays.get(bayId) ?? { alive: new Map(), ever: new Map(), fence: 0 };
    this.#bays.set(bayId, known);
    return known;
  }
}

/** Path of the journal in a fake driver's data directory. */
export function journalOf(dataDir: string): string {
  return join(dataDir, 'effects.jsonl');
}
