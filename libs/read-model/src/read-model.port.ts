import type { Position, RecordedEvent } from '@jeroboam/domain';

/** A JSON document of the read side. `id` is unique in its collection. */
export interface ReadDocument {
  readonly id: string;
}

/**
 * What a projection declares of a collection: which top-level fields can be filtered and sorted by. The store keeps
 * an index on each. `created` is taken: it means the order of first insertion.
 */
export interface CollectionSpec {
  /** Letters, digits, `_`, `-`, `.`, `@`; the first a letter. */
  readonly name: string;
  readonly indexes: readonly string[];
}

/** `position` is that of the event the change follows from. */
export type DocumentChange =
  | { readonly kind: 'upsert'; readonly collection: string; readonly document: ReadDocument; readonly position: Position }
  | { readonly kind: 'delete'; readonly collection: string; readonly id: string; readonly position: Position };

/** A document as it was read: what a commit may depend on. */
export interface Unchanged {
  readonly collection: string;
  readonly document: ReadDocument;
}

export interface Query {
  /**
   * Equality on indexed fields; an array means any of its values. A field the document lacks is null. Values of
   * different types are never equal: neither `1` and `'1'` nor `1` and `true`.
   */
  readonly where?: Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;
  /** Indexed field, or `created` (order of first insertion, the default), which also settles ties. Null comes first. */
  readonly sortBy?: string;
  /** Turns the whole order round, ties too. */
  readonly descending?: boolean;
  /** Id of the document after which the page begins, in the order asked for. One that is not there ends the list. */
  readonly afterId?: string;
  readonly limit?: number;
}

/** Which built collection takes the place of which. */
export interface Replacement {
  readonly live: string;
  readonly staged: string;
}

/**
 * Where the read side lives. Documents are guarded by position: an older event never overwrites a newer one. A
 * projection's checkpoint commits together with its effect, so a crash leaves neither gap nor double count.
 *
 * All throw {ReadModelUnavailable} when the store cannot be reached or does not answer; a collection or field nobody
 * has declared is a bug and throws a plain `Error`.
 */
export interface ReadModel {
  /**
   * Declares collections; called at boot by each projection's owner, and by readers that may boot before it.
   * Idempotent. A field declared later is indexed for the documents that are there; none is ever taken away.
   */
  ensure(collections: readonly CollectionSpec[]): Promise<void>;
  get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined>;
  find<D extends ReadDocument>(collection: string, query?: Query): Promise<readonly D[]>;
  count(collection: string, where?: Query['where']): Promise<number>;
  /** How far `projection` has got; undefined before its first commit. */
  checkpoint(projection: string): Promise<Position | undefined>;
  /**
   * Applies `changes` in their order and moves the checkpoint from `from` to `to`, all or none. The same `from` and
   * `to` leave the checkpoint where it is: such a commit must name what it depends on.
   * @param options.unchanged documents that must still be exactly as given.
   * @returns false, with nothing applied, when another projector has moved the checkpoint meanwhile or one of
   *   `unchanged` has changed.
   */
  commit(
    projection: string, from: Position | undefined, to: Position, changes: readonly DocumentChange[],
    options?: { readonly unchanged?: readonly Unchanged[] },
  ): Promise<boolean>;
  /**
   * Waits until `projection` has reached `position`, in this process or another.
   * @returns false when `timeoutMs` milliseconds passed first, or the read model was closed.
   */
  reached(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /**
   * Calls `listener` whenever somebody begins to wait for `projection` through this instance: its projector may hurry then.
   * @returns what ends that.
   */
  onAwaited(projection: string, listener: () => void): () => void;
  /** Forgets a projection's checkpoint and the documents of `collections`: the first half of a rebuild in place. */
  drop(projection: string, collections: readonly string[]): Promise<void>;
  /**
   * The last step of a rebuild beside: `staged` collections become the `live` ones and `stagedProjection`'s checkpoint
   * becomes that of `projection`, all or none; the staged names are gone afterwards. A read sees the old documents or
   * the new ones and never fails.
   * @returns false, with nothing changed, while `stagedProjection` is behind `projection`: nobody may see time go back.
   */
  replace(projection: string, stagedProjection: string, collections: readonly Replacement[]): Promise<boolean>;
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
