/** Repeatable choices from a printed seed (mulberry32). */
export class Random {
  #state: number;

  constructor(readonly seed: number = Number(process.env['JEROBOAM_TEST_SEED'] ?? Date.now() % 1_000_000)) {
    this.#state = seed >>> 0;
  }

  /** From 0, below `below`. */
  next(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  }
}
