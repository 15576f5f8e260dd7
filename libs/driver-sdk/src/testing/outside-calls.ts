/**
 * How one call out of a driver (ledger, certificates) goes wrong:
 * `refused` it throws and has no effect; `lost` it has its effect, then throws; `silent` it has its effect and never answers,
 * as for a process that is killed there; `aborted` it works, and the step's signal is aborted meanwhile.
 */
export type CutMode = 'refused' | 'lost' | 'silent' | 'aborted';

export interface Cut {
  /** The call that goes wrong, counted from 1 over the whole life of the bay. */
  readonly call: number;
  readonly mode: CutMode;
}

/** What a driver sees of a cut in modes `refused` and `lost`. */
export class CutOff extends Error {
  override readonly name = 'CutOff';
}

/** Counts the calls out of a driver and cuts one of them. Shared by all fakes of one bay. */
export class OutsideCalls {
  #made = 0;
  #cut: Cut | undefined;
  #onCut: (mode: CutMode) => void = () => {};

  /** Calls so far. */
  get made(): number {
    return this.#made;
  }

  cutAt(cut: Cut | undefined, onCut: (mode: CutMode) => void = () => {}): void {
    this.#cut = cut;
    this.#onCut = onCut;
  }

  async pass<T>(effect: () => T | Promise<T>): Promise<T> {
    this.#made += 1;
    if (this.#made !== this.#cut?.call) return effect();
    const { mode, call } = this.#cut;
    if (mode === 'refused') throw new CutOff(`call ${call} was refused`);
    const answer = await effect();
    this.#onCut(mode);
    if (mode === 'lost') throw new CutOff(`the answer to call ${call} was lost`);
    return mode === 'silent' ? new Promise<never>(() => {}) : answer;
  }
}
