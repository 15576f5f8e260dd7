import type { ReadDocument, ReadModel } from '@jeroboam/read-model';

/** Documents asked for in one query at most. */
const MAX_BATCH = 100;

interface Waiting<D> {
  readonly resolve: (document: D | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gets single documents: the first that is asked for in a turn of the event loop at once, those after it by one query at
 * the turn's end. Under load, asking a store costs more than what it answers; who is alone need not wait for the turn.
 * The query is made after the last of them was asked for, so none is older than its question.
 */
export class DocumentLoader<D extends ReadDocument> {
  #waiting = new Map<string, Waiting<D>[]>();
  #isFirst = true;

  /** @param collection one with an index on `id`. */
  constructor(
    private readonly readModel: ReadModel,
    private readonly collection: string,
  ) {}

  /** Shared with whoever asks at the same time: not to be changed. @throws what the read model throws. */
  get(id: string): Promise<D | undefined> {
    if (this.#isFirst) {
      this.#isFirst = false;
      setImmediate(() => void this.#endTurn());
      return this.readModel.get<D>(this.collection, id);
    }
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id);
      if (waiting) waiting.push({ resolve, reject });
      else this.#waiting.set(id, [{ resolve, reject }]);
    });
  }

  async #endTurn(): Promise<void> {
    this.#isFirst = true;
    const waiting = [...this.#waiting];
    this.#waiting = new Map();
    for (let first = 0; first < waiting.length; first += MAX_BATCH) await this.#loadBatch(waiting.slice(first, first + MAX_BATCH));
  }

  async #loadBatch(batch: readonly (readonly [string, readonly Waiting<D>[]])[]): Promise<void> {
    try {
      const documents = await this.#find(batch.map(([id]) => id));
      for (const [id, waiting] of batch) for (const { resolve } of waiting) resolve(documents.get(id));
    } catch (error) {
      for (const [, waiting] of batch) for (const { reject } of waiting) reject(error);
    }
  }

  async #find(ids: readonly string[]): Promise<ReadonlyMap<string, D>> {
    const [id = '', ...others] = ids;
    const single = others.length === 0 ? await this.readModel.get<D>(this.collection, id) : undefined;
    const documents = others.length === 0 ? (single ? [single] : []) : await this.readModel.find<D>(
      this.collection, { where: { id: ids } },
    );
    return new Map(documents.map((document) => [document.id, document]));
  }
}
