import { hash } from 'node:crypto';
import { ExpiringCache } from '../expiring-cache.ts';

/** Finds of all callers, so that a burst of creations asks the cloud once. */
export class LookupCache {
  private readonly found: ExpiringCache<object>;
  private readonly asking = new Map<string, Promise<object | undefined>>();

  constructor(
    maxEntries: number,
    private readonly ttlMs: number,
    private readonly now: () => number,
  ) {
    this.found = new ExpiringCache(maxEntries);
  }

  /**
   * @param key whose view of which thing; equal keys mean equal answers.
   * @param token who asks now: only requests with the same token share one that is under way, so that nobody is
   * refused because of another's token.
   */
  async find<T extends object>(key: string, token: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.found.get(key, this.now());
    if (known) return known as T;
    const askingKey = `${hash('sha256', token, 'base64')}\0${key}`;
    const asked = this.asking.get(askingKey);
    if (asked) return asked as Promise<T | undefined>;
    const asking = this.load(key, load).finally(() => this.asking.delete(askingKey));
    this.asking.set(askingKey, asking);
    return asking;
  }

  private async load<T extends object>(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const value = await load();
    if (value) this.found.set(key, value, this.now() + this.ttlMs);
    return value;
  }
}
