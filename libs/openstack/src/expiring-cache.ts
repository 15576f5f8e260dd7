/**
 * At most `maxEntries` values, each until its moment; the least recently used goes first. Holds no timer: an expired
 * value is dropped when it is asked for or when its place is needed.
 */
export class ExpiringCache<V> {
  // A Map iterates in order of insertion: the first key is the one not used for longest.
  private readonly entries = new Map<string, { readonly value: V; readonly untilMs: number }>();

  constructor(private readonly maxEntries: number) {}

  get(key: string, nowMs: number): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.untilMs <= nowMs) return undefined;
    this.entries.set(key, entry);
    return entry.value;
  }

  /** @param untilMs the first moment at which the value is no longer given out, milliseconds since 1970. */
  set(key: string, value: V, untilMs: number): void {
    this.entries.delete(key);
    if (this.entries.size >= this.maxEntries) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, { value, untilMs });
  }

  get size(): number {
    return this.entries.size;
  }
}
