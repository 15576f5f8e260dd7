import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface StoredDocument {
  readonly id: string;
  readonly document: unknown;
}

/** Where the sandbox keeps what must outlive it. Writes are gathered; all that were gathered become durable together. */
export interface DocumentStore {
  load(collection: string): readonly StoredDocument[];
  /** The document as it is when it is written: it may change until then. */
  put(collection: string, id: string, document: unknown): void;
  delete(collection: string, id: string): void;
  /** Resolves when everything put so far is durable. */
  flushed(): Promise<void>;
  close(): void;
}

/** Keeps nothing: the sandbox starts empty every time. */
export const noStore: DocumentStore = {
  load: () => [],
  put: () => undefined,
  delete: () => undefined,
  flushed: () => Promise.resolve(),
  close: () => undefined,
};

interface Change {
  readonly collection: string;
  readonly id: string;
  /** `undefined` deletes. */
  readonly document: unknown;
}

/** How long writes are gathered, in milliseconds: what a killed sandbox forgets of work in progress, never of what it answered. */
const GATHER_MS = 20;

/** Documents in one SQLite file below `folder`. */
export function openSqliteStore(folder: string): DocumentStore {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'sandbox.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; '
    + 'CREATE TABLE IF NOT EXISTS documents (collection TEXT, id TEXT, document TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID');
  return new SqliteStore(database);
}

class SqliteStore implements DocumentStore {
  private readonly changes = new Map<string, Change>();
  private waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: DatabaseSync) {}

  load(collection: string): readonly StoredDocument[] {
    const rows = this.database.prepare('SELECT id, document FROM documents WHERE collection = ? ORDER BY id').all(collection);
    return rows.map(({ id, document }) => ({ id: id as string, document: JSON.parse(document as string) as unknown }));
  }

  put(collection: string, id: string, document: unknown): void {
    this.change({ collection, id, document });
  }

  delete(collection: string, id: string): void {
    this.change({ collection, id, document: undefined });
  }

  flushed(): Promise<void> {
    if (this.changes.size === 0) return Promise.resolve();
    this.waiting ??= Promise.withResolvers<void>();
    return this.waiting.promise;
  }

  close(): void {
    this.flush();
    this.database.close();
  }

  private change(change: Change): void {
    this.changes.set(`${change.collection}/${change.id}`, change);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const put = this.database.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?)');
    const remove = this.database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
    this.database.exec('BEGIN');
    for (const { collection, id, document } of this.changes.values()) {
      if (document === undefined) remove.run(collection, id);
      else put.run(collection, id, JSON.stringify(document));
    }
    this.database.exec('COMMIT');
    this.changes.clear();
    this.waiting?.resolve();
    this.waiting = undefined;
  }
}
