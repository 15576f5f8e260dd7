import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DocumentChange } from '../read-model.port.ts';
import { prepareRows } from './open-database.ts';
import { tableOf, tombstonesOf } from './schema.ts';

/** A collection that is in the store, with the statements every document passes through. */
export class KnownCollection {
  readonly #get: StatementSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;
  readonly #bury: StatementSync;

  /** @param fields the indexed ones, as last seen: they only ever grow. */
  constructor(db: DatabaseSync, name: string, readonly fields: ReadonlySet<string>) {
    const [table, tombstones] = [tableOf(name), tombstonesOf(name)];
    this.#get = prepareRows(db, `SELECT doc FROM ${table} WHERE id = ?`);
    // The WHERE also keeps the parser from reading ON CONFLICT as a join (sqlite.org/lang_upsert.html, 2.2).
    this.#upsert = db.prepare(
      `INSERT INTO ${table} (id, position, doc) SELECT ?1, ?2, ?3
       WHERE NOT EXISTS (SELECT 1 FROM ${tombstones} WHERE id = ?1 AND position > ?2)
       ON CONFLICT (id) DO UPDATE SET position = excluded.position, doc = excluded.doc WHERE excluded.position >= position`,
    );
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE id = ? AND position <= ?`);
    this.#bury = db.prepare(
      `INSERT INTO ${tombstones} (id, position) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET position = max(position, excluded.position)`,
    );
  }

  /** The document as it is stored. */
  text(id: string): string | undefined {
    const row = this.#get.get(id) as unknown as readonly [string] | undefined;
    return row?.[0];
  }

  /** Does nothing when the document has seen a newer event. */
  apply(change: DocumentChange): void {
    if (change.kind === 'upsert') {
      this.#upsert.run(change.document.id, change.position, JSON.stringify(change.document));
      return;
    }
    this.#remove.run(change.id, change.position);
    this.#bury.run(change.id, change.position);
  }
}
