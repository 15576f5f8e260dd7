import type { Position } from '@jeroboam/domain';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { ReadModelUnavailable } from '../errors.ts';
import type { CollectionSpec, DocumentChange, Query, ReadDocument, ReadModel, Replacement, Unchanged } from '../read-model.port.ts';
import { CheckpointWaiters, isReached } from './checkpoint-waiters.ts';
import { KnownCollection } from './known-collection.ts';
import { ParsedTexts } from './parsed-texts.ts';
import { inTransaction, openDatabase, prepareRows, translated } from './open-database.ts';
import { countStatement, findStatement } from './query.ts';
import { createMeta, ensureCollection, indexedFields, tableOf, tombstonesOf } from './schema.ts';
import { WalCopier } from './wal-copier.ts';

export interface SqliteReadModelOptions {
  /** File of the store, made with its folder when absent; several processes of one host may share it. `:memory:` for a private one. */
  readonly path: string;
}

/** Prepared statements kept at most; queries of one shape share one. */
const MAX_STATEMENTS = 500;

/** @throws {ReadModelUnavailable} the file cannot be opened. */
export async function openSqliteReadModel({ path }: SqliteReadModelOptions): Promise<ReadModel> {
  return translated(() => {
    const db = openDatabase(path);
    createMeta(db);
    return new SqliteReadModel(db, new WalCopier(path));
  });
}

/**
 * The embedded read model. Calls run on the calling thread: most take microseconds, less than a trip to a worker.
 */
class SqliteReadModel implements ReadModel {
  readonly #statements = new Map<string, StatementSync>();
  readonly #collections = new Map<string, KnownCollection>();
  readonly #parsed = new ParsedTexts();
  readonly #waiters = new CheckpointWaiters({
    checkpoint: (projection) => translated(() => this.#checkpoint(projection)),
    version: () => translated(() => this.#row('PRAGMA data_version')![0] as number),
  });

  constructor(
    private readonly db: DatabaseSync,
    private readonly copier: WalCopier,
  ) {}

  async ensure(collections: readonly CollectionSpec[]): Promise<void> {
    this.#run(() => {
      const incomplete = collections.filter(({ name, indexes }) => {
        const present = indexedFields(this.db, name);
        return !present || indexes.some((field) => !present.has(field));
      });
      if (incomplete.length > 0) inTransaction(this.db, () => (incomplete.forEach((spec) => ensureCollection(this.db, spec)), true));
      for (const { name } of [...incomplete, ...collections.filter(({ name }) => !this.#collections.has(name))]) this.#learn(name);
    });
  }

  async get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined> {
    return this.#run(() => {
      const text = this.#known(collection).text(id);
      return text === undefined ? undefined : (JSON.parse(text) as D);
    });
  }

  async find<D extends ReadDocument>(collection: string, query: Query = {}): Promise<readonly D[]> {
    return this.#run(() => {
      this.#known(collection);
      const { sql, values } = findStatement(collection, query, (field) => this.#assertIndexed(collection, field));
      const rows = this.#prepared(sql).all(...values) as unknown as readonly [string][];
      return rows.map(([text]) => this.#parsed.get(text) as D);
    });
  }

  async count(collection: string, where?: Query['where']): Promise<number> {
    return this.#run(() => {
      this.#known(collection);
      const { sql, values } = countStatement(collection, where, (field) => this.#assertIndexed(collection, field));
      return this.#row(sql, ...values)![0] as number;
    });
  }

  async checkpoint(projection: string): Promise<Position | undefined> {
    return this.#run(() => this.#checkpoint(projection));
  }

  async commit(
    projection: string, from: Position | undefined, to: Position, changes: readonly DocumentChange[],
    { unchanged = [] }: { readonly unchanged?: readonly Unchanged[] } = {},
  ): Promise<boolean> {
    if (from !== undefined && to < from) throw new Error(`the checkpoint of ${projection} would go back from ${from} to ${to}`);
    const applied = this.#run(() => inTransaction(this.db, () => this.#commit(projection, from, to, changes, unchanged)));
    if (!applied) return false;
    this.copier.committed();
    this.#waiters.notify(projection, to);
    return true;
  }

  async reached(projection: string, position: Position, timeoutMs: number): Promise<boolean> {
    this.#assertOpen();
    return this.#waiters.wait(projection, position, timeoutMs);
  }

  onAwaited(projection: string, listener: () => void): () => void {
    return this.#waiters.onAwaited(projection, listener);
  }

  async drop(projection: string, collections: readonly string[]): Promise<void> {
    this.#run(() => {
      for (const collection of collections) this.#known(collection);
      inTransaction(this.db, () => {
        this.#prepared('DELETE FROM checkpoints WHERE projection = ?').run(projection);
        for (const collection of collections) this.db.exec(`DELETE FROM ${tableOf(collection)}; DELETE FROM ${tombstonesOf(collection)}`);
        return true;
      });
    });
  }

  async replace(projection: string, stagedProjection: string, collections: readonly Replacement[]): Promise<boolean> {
    const position = this.#run(() => {
      for (const { live, staged } of collections) [live, staged].forEach((collection) => this.#known(collection));
      return inTransaction(this.db, () => this.#replace(projection, stagedProjection, collections));
    });
    if (position === undefined) return false;
    for (const { live, staged } of collections) {
      this.#collections.delete(staged);
      this.#run(() => this.#learn(live));
    }
    this.#waiters.notify(projection, position);
    return true;
  }

  async close(): Promise<void> {
    if (!this.db.isOpen) return;
    this.#waiters.close();
    this.#statements.clear();
    this.#collections.clear();
    this.db.close();
    await this.copier.close();
  }

  #commit(
    projection: string, from: Position | undefined, to: Position, changes: readonly DocumentChange[], unchanged: readonly Unchanged[],
  ): true | undefined {
    if (this.#checkpoint(projection) !== from) return undefined;
    for (const { collection, document } of unchanged) {
      if (this.#known(collection).text(document.id) !== JSON.stringify(document)) return undefined;
    }
    for (const change of changes) this.#known(change.collection).apply(change);
    this.#moveCheckpoint(projection, to);
    return true;
  }

  #replace(projection: string, stagedProjection: string, collections: readonly Replacement[]): Position | undefined {
    const position = this.#checkpoint(stagedProjection);
    const live = this.#checkpoint(projection);
    if (position === undefined || (live !== undefined && !isReached(position, live))) return undefined;
    for (const { live: name, staged } of collections) {
      // A reader of another version may still ask by a field that the new one no longer declares.
      ensureCollection(this.db, { name: staged, indexes: [...indexedFields(this.db, name)!] });
      this.db.exec(`DROP TABLE ${tableOf(name)}; ALTER TABLE ${tableOf(staged)} RENAME TO ${tableOf(name)}`);
      this.db.exec(`DROP TABLE ${tombstonesOf(name)}; ALTER TABLE ${tombstonesOf(staged)} RENAME TO ${tombstonesOf(name)}`);
    }
    this.#prepared('DELETE FROM checkpoints WHERE projection = ?').run(stagedProjection);
    this.#moveCheckpoint(projection, position);
    return position;
  }

  #checkpoint(projection: string): Position | undefined {
    return this.#row('SELECT position FROM checkpoints WHERE projection = ?', projection)?.[0] as Position | undefined;
  }

  #moveCheckpoint(projection: string, to: Position): void {
    this.#prepared(
      'INSERT INTO checkpoints (projection, position) VALUES (?, ?) ON CONFLICT (projection) DO UPDATE SET position = excluded.position',
    ).run(projection, to);
  }

  #row(sql: string, ...values: readonly SQLInputValue[]): readonly unknown[] | undefined {
    return this.#prepared(sql).get(...values) as readonly unknown[] | undefined;
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = prepareRows(this.db, sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #known(collection: string): KnownCollection {
    const known = this.#collections.get(collection) ?? this.#learn(collection);
    if (!known) throw new Error(`the read model has no collection ${collection}: call ensure first`);
    return known;
  }

  #assertIndexed(collection: string, field: string): void {
    // Another process may have declared it since.
    if (this.#known(collection).fields.has(field) || this.#learn(collection)?.fields.has(field)) return;
    throw new Error(`${collection} has no index on ${field}: declare it`);
  }

  #learn(collection: string): KnownCollection | undefined {
    const fields = indexedFields(this.db, collection);
    if (!fields) return undefined;
    const known = new KnownCollection(this.db, collection, fields);
    this.#collections.set(collection, known);
    return known;
  }

  #run<T>(work: () => T): T {
    this.#assertOpen();
    return translated(work);
  }

  #assertOpen(): void {
    if (!this.db.isOpen) throw new ReadModelUnavailable('it was closed');
  }
}
