interface Item<T> {
  readonly dueMs: number;
  readonly order: number;
  readonly value: T;
}

/** What falls due when; of two due at once the one added first comes first. A binary heap. */
export class DueQueue<T> {
  readonly #heap: Item<T>[] = [];
  #added = 0;

  /** @param dueMs milliseconds since the epoch. */
  add(dueMs: number, value: T): void {
    this.#heap.push({ dueMs, order: (this.#added += 1), value });
    let place = this.#heap.length - 1;
    while (place > 0 && this.#isBefore(place, parentOf(place))) {
      this.#swap(place, parentOf(place));
      place = parentOf(place);
    }
  }

  /** When the first falls due; undefined when there is nothing. */
  get firstDueMs(): number | undefined {
    return this.#heap[0]?.dueMs;
  }

  /** Takes out the first. */
  take(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first?.value;
    this.#heap[0] = last;
    this.#sink();
    return first.value;
  }

  #sink(): void {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#isBefore(child, place)) return;
      this.#swap(child, place);
      place = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one]!, this.#heap[other]!];
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    [this.#heap[one], this.#heap[other]] = [this.#heap[other]!, this.#heap[one]!];
  }
}

function parentOf(place: number): number {
  return (place - 1) >> 1;
}
