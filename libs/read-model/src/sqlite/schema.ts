import type { DatabaseSync } from 'node:sqlite';
import { randomUUID } from 'node:crypto';
import type { CollectionSpec } from '../read-model.port.ts';

const COLLECTION = /^[A-Za-z][\w.@-]*$/;
const FIELD = /^[A-Za-z_][\w-]*$/;

/** Documents of a collection. Names reach SQL only through here and `columnOf`, which let no quote in. */
export const tableOf = (collection: string): string => `"docs_${checked(COLLECTION, collection)}"`;
/** Ids and positions of deleted documents, so that a late older upsert does not bring one back. */
export const tombstonesOf = (collection: string): string => `"gone_${checked(COLLECTION, collection)}"`;
export const columnOf = (field: string): string => `"ix_${checked(FIELD, field)}"`;

function checked(shape: RegExp, name: string): string {
  if (!shape.test(name)) throw new Error(`not a name the read model can keep: ${JSON.stringify(name)}`);
  return name;
}

export function createMeta(db: DatabaseSync): void {
  db.exec('CREATE TABLE IF NOT EXISTS checkpoints (projection TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID');
}

/** Fields with an index, in the store as it is now; undefined for a collection that is not there. */
export function indexedFields(db: DatabaseSync, collection: string): Set<string> | undefined {
  const columns = db.prepare(`PRAGMA table_xinfo(${tableOf(collection)})`).all() as unknown as readonly { name: string }[];
  if (columns.length === 0) return undefined;
  return new Set(columns.filter(({ name }) => name.startsWith('ix_')).map(({ name }) => name.slice(3)));
}

/** Creates what is missing of a collection. The caller holds the write lock. */
export function ensureCollection(db: DatabaseSync, { name, indexes }: CollectionSpec): void {
  const present = indexedFields(db, name);
  if (!present) {
    createTable(db, tableOf(name), [...new Set(indexes)]);
    db.exec(`CREATE TABLE ${tombstonesOf(name)} (id TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID`);
    return;
  }
  const missing = indexes.filter((field) => !present.has(field));
  if (missing.length > 0) widenTable(db, tableOf(name), [...new Set([...present, ...missing])]);
}

/**
 * `seq` is the order of creation: an upsert keeps it. The columns to filter and sort by are generated from the
 * document, so that a process with an older list of indexes still fills the new ones; they are stored, and before the
 * document, so that a filter on two fields parses no JSON.
 */
function createTable(db: DatabaseSync, table: string, fields: readonly string[]): void {
  const columns = fields.map((field) => `${columnOf(field)} GENERATED ALWAYS AS (${indexValue(field)}) STORED,`).join(' ');
  db.exec(`CREATE TABLE ${table} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, position TEXT NOT NULL, ${columns} doc TEXT NOT NULL)`);
  // Index names are unique in a database and survive the renaming of their table, so they are never derived from it.
  for (const field of fields) db.exec(`CREATE INDEX "ix_${randomUUID()}" ON ${table} (${columnOf(field)})`);
}

/** SQLite adds no stored column to a table that exists: copy it. Rare, and 10,000 documents take a fifth of a second. */
function widenTable(db: DatabaseSync, table: string, fields: readonly string[]): void {
  const wider = `"wider_${randomUUID()}"`;
  createTable(db, wider, fields);
  db.exec(`INSERT INTO ${wider} (seq, id, position, doc) SELECT seq, id, position, doc FROM ${table} ORDER BY seq`);
  db.exec(`DROP TABLE ${table}; ALTER TABLE ${wider} RENAME TO ${table}`);
}

/** What null and a missing field are kept as: no JSON number, equal to itself, before everything else in the order. */
export const NULL_VALUE = -Infinity;
/** Booleans are kept as blobs: JSON knows none, so `true` never equals 1. */
export const booleanValue = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);

function indexValue(field: string): string {
  const path = `'$."${checked(FIELD, field)}"'`;
  return `CASE json_type(doc, ${path}) WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE coalesce(doc ->> ${path}, -9e999) END`;
}
