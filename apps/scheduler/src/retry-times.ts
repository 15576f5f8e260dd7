interface Entry {
  readonly bayId: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Who is to be looked at again when, the earliest first: a binary heap, whose outdated entries are passed over. */
export class RetryTimes {
  readonly #times = new Map<string, string>();
  readonly #heap: Entry[] = [];
  #now = '';

  set(bayId: string, at: string): void {
    if (this.#times.get(bayId) === at) return;
    this.#times.set(bayId, at);
    this.#heap.push({ bayId, at });
    this.#rise(this.#heap.length - 1);
  }

  forget(bayId: string): void {
    this.#times.delete(bayId);
  }

  /** Whether `at` had come when `due` was asked last. */
  isPast(at: string): boolean {
    return at <= this.#now;
  }

  /** Those whose time has come by `now`, each once. */
  due(now: string): readonly string[] {
    if (now > this.#now) this.#now = now;
    const due: string[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= this.#now; first = this.#heap[0]) {
      this.#takeFirst();
      if (this.#times.get(first.bayId) !== first.at) continue;
      this.#times.delete(first.bayId);
      due.push(first.bayId);
    }
    return due;
  }

  #takeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (this.#heap[parent]!.at <= this.#heap[index]!.at) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ;) {
      const earliest = [index * 2 + 1, index * 2 + 2].reduce((best, child) => (child < this.#heap.length && this.#heap[child]!.at < this.#heap[best]!.at ? child : best), index);
      if (earliest === index) return;
      this.#swap(index, earliest);
      index = earliest;
    }
  }

  #swap(one: number, other: number): void {
    [this.#heap[one], this.#heap[other]] = [this.#heap[other]!, this.#heap[one]!];
  }
}
