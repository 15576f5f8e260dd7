import type { Position, RecordedEvent } from '@jeroboam/domain';

/** A JSON document of the read side. `id` is unique in its collection. */
export interface ReadDocument {
  readonly id: string;
}

/**
 * What a projection declares of a collection: which top-level fields can be filtered and sorted by. The store keeps
 * an index on each.
 */
export interface CollectionSpec {
  readonly name: string;
  readonly indexes: readonly string[];
}

export type DocumentChange =
  | { readonly kind: 'upsert'; readonly collection: string; readonly document: ReadDocument; /** Position of the event it follows from. */ readonly position: Position }
  | { readonly kind: 'delete'; readonly collection: string; readonly id: string; readonly position: Position };

export interface Query {
  /** Equality on indexed fields; an array means any of its values. */
  readonly where?: Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;
  /** Indexed field, or `created` (order of first insertion, the default). */
  readonly sortBy?: string;
  readonly descending?: boolean;
  /** Id of the document after which the page begins, in the order asked for. */
  readonly afterId?: string;
  readonly limit?: number;
}

/**
 * Where the read side lives. Documents are guarded by position: an older event never overwrites a newer one. A
 * projection's checkpoint commits together with its effect, so a crash leaves neither gap nor double count.
 */
export interface ReadModel {
  /** Declares collections; called once at boot by each projection's owner. Idempotent. */
  ensure(collections: readonly CollectionSpec[]): Promise<void>;
  get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined>;
  find<D extends ReadDocument>(collection: string, query?: Query): Promise<readonly D[]>;
  count(collection: string, where?: Query['where']): Promise<number>;
  /** How far `projection` has got; undefined before its first commit. */
  checkpoint(projection: string): Promise<Position | undefined>;
  /**
   * Applies `changes` and moves the checkpoint from `from` to `to`, all or none.
   * @returns false, with nothing applied, when another projector has moved the checkpoint meanwhile.
   */
  commit(projection: string, from: Position | undefined, to: Position, changes: readonly DocumentChange[]): Promise<boolean>;
  /**
   * Waits until `projection` has reached `position`, in this process or another.
   * @returns false when `timeoutMs` milliseconds passed first.
   */
  reached(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /** Forgets a projection's checkpoint and the documents of `collections`: the first half of a rebuild. */
  drop(projection: string, collections: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Read access for projections while a batch is worked on: sees the changes made earlier in the same batch. */
export interface DocumentReader {
  get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined>;
}

/**
 * A pure, replayable view of the log. Uses nothing but the event and its own documents: no clock, no random, no I/O.
 * A type of one of its categories that it does not know makes it throw `UnknownEvent`: it never skips silently.
 */
export interface Projection {
  /** Names the checkpoint. */
  readonly name: string;
  readonly collections: readonly CollectionSpec[];
  readonly categories: readonly string[];
  project(event: RecordedEvent, documents: DocumentReader): Promise<readonly DocumentChange[]>;
}
