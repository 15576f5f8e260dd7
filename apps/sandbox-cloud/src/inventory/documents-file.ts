import { DatabaseSync } from 'node:sqlite';

/** The SQLite file that holds the documents, made when it is not there. Survives the process, not a power cut. */
export function openDocuments(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; '
    + 'CREATE TABLE IF NOT EXISTS documents (collection TEXT, id TEXT, document TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID');
  return database;
}
