import { availableParallelism } from 'node:os';
import { generateRsaKeyPair } from './rsa-key-threads.ts';
import type { RsaKeyPair } from './rsa-key-threads.ts';

/** Threads that make keys: one core is left to those who wait for answers. */
const MAX_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1));

/**
 * Gives out key pairs, each once. Making one takes 10 to 200 ms of CPU, so after the first demand a few are kept ready,
 * made while nobody waits; a service that makes no bays makes no keys.
 */
export class RsaKeySource {
  readonly #spares: RsaKeyPair[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly spares: number,
    private readonly generate: () => Promise<RsaKeyPair> = generateRsaKeyPair,
    private readonly maxAtOnce = MAX_AT_ONCE,
  ) {}

  async take(): Promise<RsaKeyPair> {
    const pair = this.#spares.shift() ?? (await this.#make());
    this.#keepSpares();
    return pair;
  }

  async #make(): Promise<RsaKeyPair> {
    // A waiter takes over the place of the one that wakes it.
    if (this.#running >= this.maxAtOnce) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await this.generate();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #keepSpares(): void {
    if (this.#spares.length >= this.spares || this.#running > 0) return;
    void this.#make().then(
      (pair) => {
        this.#spares.push(pair);
        this.#keepSpares();
      },
      // Nobody asked for this one: whoever takes the next makes it and learns why that fails.
      () => undefined,
    );
  }
}
