import type { DocumentChange, DocumentReader, ReadDocument } from '../read-model.port.ts';

/**
 * The changes of some events on their way into one commit, and the documents as they will be after it. Of changes that
 * follow each other only the last is kept, in the first one's place, so that the order of creation stays the same.
 */
export class Batch implements DocumentReader {
  readonly changes: DocumentChange[] = [];
  /** Where in `changes` the last one of a document is. */
  readonly #last = new Map<string, number>();

  constructor(private readonly documents: DocumentReader) {}

  async get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined> {
    const index = this.#last.get(keyOf(collection, id));
    if (index === undefined) return this.documents.get<D>(collection, id);
    const change = this.changes[index]!;
    // As it will be read from the store: whether a document went there or waits here must make no difference, not even
    // in the order of its keys.
    return change.kind === 'delete' ? undefined : (JSON.parse(JSON.stringify(change.document)) as D);
  }

  /** True when an event of this batch has changed the document. */
  has(collection: string, id: string): boolean {
    return this.#last.has(keyOf(collection, id));
  }

  add(changes: readonly DocumentChange[]): void {
    for (const change of changes) this.#add(change);
  }

  #add(change: DocumentChange): void {
    const key = keyOf(change.collection, change.kind === 'upsert' ? change.document.id : change.id);
    const index = this.#last.get(key);
    // Only equal kinds merge: deleted and created again, a document gets a new place in the order of creation.
    if (index !== undefined && this.changes[index]!.kind === change.kind) this.changes[index] = change;
    else this.#last.set(key, this.changes.push(change) - 1);
  }
}

const keyOf = (collection: string, id: string): string => `${collection}\u0000${id}`;
