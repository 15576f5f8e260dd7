import type { ResourceView } from '@jeroboam/domain';
import type { LedgerEntry, ResourceLedger } from '../driver.contract.ts';
import { OutsideCalls } from './outside-calls.ts';

/** The ledger of one bay in memory, with the rules of the real one: the first intent names a resource, a release forgets it. */
export class FakeLedger implements ResourceLedger {
  readonly #entries = new Map<string, ResourceView>();
  readonly calls: OutsideCalls;

  constructor(calls: OutsideCalls = new OutsideCalls()) {
    this.calls = calls;
  }

  /** In order of their first intent. */
  entries(): readonly ResourceView[] {
    return [...this.#entries.values()];
  }

  intend(resources: readonly LedgerEntry[]): Promise<void> {
    return this.calls.pass(() => {
      for (const { resourceId, type, name } of resources) {
        const known = this.#entries.get(resourceId);
        if (known && (known.name !== name || known.type !== type))
          throw new Error(`${resourceId} was ${known.type} ${known.name} and cannot become ${type} ${name}`);
        if (!known) this.#entries.set(resourceId, { resourceId, type, name, state: 'intended' });
      }
    });
  }

  record(resources: readonly (LedgerEntry & { readonly externalId?: string })[]): Promise<void> {
    return this.calls.pass(() => {
      for (const { resourceId, externalId } of resources) {
        const known = this.#entries.get(resourceId);
        if (!known) throw new Error(`${resourceId} is recorded and was never intended`);
        this.#entries.set(resourceId, { ...known, state: 'recorded', ...(externalId === undefined ? {} : { externalId }) });
      }
    });
  }

  release(resourceIds: readonly string[]): Promise<void> {
    return this.calls.pass(() => resourceIds.forEach((resourceId) => this.#entries.delete(resourceId)));
  }
}
