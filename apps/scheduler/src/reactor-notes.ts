import type { Position } from '@jeroboam/domain';
import type { DocumentChange, ReadModel } from '@jeroboam/read-model';

/** Batches that changed no note, after which the checkpoint is moved all the same. */
const BATCHES_PER_COMMIT = 32;

/**
 * What a restart begins with: notes of what was under way, and the checkpoint they hold at. Most of what happens to an
 * operation changes no note, and carrying on from an event twice is harmless: so the checkpoint may stay behind for some
 * batches, which spares a commit for each.
 */
export class ReactorNotes {
  /** Texts of the notes as the read model has them. */
  readonly #saved = new Map<string, string>();
  #checkpoint: Position | undefined;
  #passed = 0;

  constructor(
    private readonly readModel: ReadModel,
    private readonly consumer: string,
    private readonly collections: readonly string[],
  ) {}

  /** Reads what is there. @returns the checkpoint. */
  async open(): Promise<Position | undefined> {
    this.#saved.clear();
    this.#passed = 0;
    this.#checkpoint = await this.readModel.checkpoint(this.consumer);
    for (const collection of this.collections) {
      for (const document of await this.readModel.find(collection)) this.#saved.set(keyOf(collection, document.id), JSON.stringify(document));
    }
    return this.#checkpoint;
  }

  /** @throws when another scheduler has moved the checkpoint. */
  async keep(changes: readonly DocumentChange[], upTo: Position): Promise<void> {
    this.#passed += 1;
    const news = changes.filter((change) => this.#isNews(change));
    if (news.length === 0 && this.#passed < BATCHES_PER_COMMIT) return;
    if (!(await this.readModel.commit(this.consumer, this.#checkpoint, upTo, news))) {
      throw new Error('another scheduler has moved the checkpoint; starting over from there');
    }
    this.#checkpoint = upTo;
    this.#passed = 0;
    for (const change of news) this.#note(change);
  }

  #isNews(change: DocumentChange): boolean {
    const saved = this.#saved.get(keyOf(change.collection, idOf(change)));
    return change.kind === 'delete' ? saved !== undefined : saved !== JSON.stringify(change.document);
  }

  #note(change: DocumentChange): void {
    const key = keyOf(change.collection, idOf(change));
    if (change.kind === 'delete') this.#saved.delete(key);
    else this.#saved.set(key, JSON.stringify(change.document));
  }
}

function idOf(change: DocumentChange): string {
  return change.kind === 'delete' ? change.id : change.document.id;
}

function keyOf(collection: string, id: string): string {
  return `${collection}\u0000${id}`;
}
