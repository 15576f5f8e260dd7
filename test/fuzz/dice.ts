import { Random } from '../e2e/harness/random.ts';

/** Choices that come out the same for the same seed. */
export class Dice {
  readonly #random: Random;

  constructor(readonly seed: number) {
    this.#random = new Random(seed);
  }

  /** A whole number from 0, below `below`. */
  below(below: number): number {
    return this.#random.next(below);
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(1_000) < percent * 10;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A choice by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new Error('weights that do not add up');
  }
}
