/**
 * How many steps are at work at once. A step that waits for something outside rests: its hand does other work meanwhile, and
 * when it comes back it goes before whoever wants to begin something new.
 */
export class Hands {
  #working = 0;
  /** Hands held out for work that may come. */
  #asking = 0;
  #resting = 0;
  readonly #returning: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];

  constructor(
    private readonly count: number,
    private readonly mostResting: number,
  ) {}

  /** Waits for a hand to ask for work with; `begin` or `withdraw` ends the asking. */
  async ask(): Promise<void> {
    if (!this.#canAsk()) await new Promise<void>((resolve) => { this.#idle.push(resolve); });
    else this.#asking += 1;
  }

  /** Work has come: the hand is at it until `end`. */
  begin(): void {
    this.#asking -= 1;
    this.#working += 1;
  }

  /** None has come. */
  withdraw(): void {
    this.#asking -= 1;
    this.#next();
  }

  end(): void {
    this.#working -= 1;
    this.#next();
  }

  /** Called from a step at work, which is at work again when it returns. @returns undefined at once where too many rest already. */
  async rest<T>(wait: () => Promise<T>): Promise<T | undefined> {
    if (this.#resting >= this.mostResting) return undefined;
    this.#resting += 1;
    this.end();
    try {
      return await wait();
    } finally {
      this.#resting -= 1;
      await this.#comeBack();
    }
  }

  async #comeBack(): Promise<void> {
    if (this.#working < this.count) this.#working += 1;
    else await new Promise<void>((resolve) => { this.#returning.push(resolve); });
  }

  /** Places are taken on behalf of who is let go on, so that nobody comes in between. */
  #next(): void {
    while (this.#returning.length > 0 && this.#working < this.count) {
      this.#working += 1;
      this.#returning.shift()!();
    }
    while (this.#idle.length > 0 && this.#canAsk()) {
      this.#asking += 1;
      this.#idle.shift()!();
    }
  }

  #canAsk(): boolean {
    return this.#returning.length === 0 && this.#working + this.#asking < this.count;
  }
}
