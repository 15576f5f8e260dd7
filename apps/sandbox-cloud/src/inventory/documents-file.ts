import { DatabaseSync } from 'node:sqlite';

/** How long to wait for another connection that has the file to itself, in milliseconds: also while opening it. */
const BUSY_TIMEOUT_MS = 5_000;

/** The SQLite file that holds the documents, made when it is not there. Survives the process, not a power cut. */
export function openDocuments(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; '
    + 'CREATE TABLE IF NOT EXISTS documents (collection TEXT, id TEXT, document TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID');
  return database;
}
