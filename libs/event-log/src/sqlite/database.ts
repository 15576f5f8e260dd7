import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

// The writer thread runs this file as it is, with types stripped: erasable syntax and relative imports only.

/** "JERO": tells our file from any other SQLite database. */
const APPLICATION_ID = 0x4a45524f;
const FORMAT_VERSION = 1;

/**
 * `body` is the stored text that `hash` is taken of. A kind is a category and a type: one small number that filters
 * both, indexed in the order of positions. The triggers are for people with a SQL prompt; the log itself never tries.
 */
const SCHEMA = `
  CREATE TABLE stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE kind (id INTEGER PRIMARY KEY, category TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (category, type)) STRICT;
  CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    stream_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    kind_id INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_by_revision ON event (stream_id, revision);
  CREATE UNIQUE INDEX event_by_id ON event (stream_id, event_id);
  CREATE INDEX event_by_kind ON event (kind_id);
  CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT_VERSION};
`;

/**
 * A connection to the log's file with the durability the port promises: WAL, flushed at every commit. There is no
 * option to have less.
 *
 * @throws when the file system cannot give that (SQLite then silently stays with what it has), or the file is no log.
 */
export function connect(path: string, busyTimeoutMs: number): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    assertOurs(database, path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
    const journal = pragma(database, 'journal_mode');
    const synchronous = pragma(database, 'synchronous');
    if (journal !== 'wal' || synchronous !== 2) throw new Error(`${path} cannot be written durably: journal ${String(journal)}, synchronous ${String(synchronous)}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Creates folder, file (readable by its owner only) and tables where they are missing. */
export function prepareFile(path: string, busyTimeoutMs: number): void {
  makeFolder(dirname(resolve(path)));
  // The files SQLite adds (-wal, -shm) take their mode from this one.
  closeSync(openSync(path, 'a', 0o600));
  const database = connect(path, busyTimeoutMs);
  try {
    database.exec('BEGIN IMMEDIATE');
    if (pragma(database, 'user_version') === 0) database.exec(SCHEMA);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

export function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** True when another connection held the file longer than the busy time-out. */
export function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return typeof error === 'object' && error !== null && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function assertOurs(database: DatabaseSync, path: string): void {
  const application = pragma(database, 'application_id');
  const version = Number(pragma(database, 'user_version'));
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (application !== APPLICATION_ID && tables > 0) throw new Error(`${path} is a database, but not an event log`);
  if (version > FORMAT_VERSION) throw new Error(`${path} has format ${version}; this version reads up to ${FORMAT_VERSION}`);
}

/** Makes the folders on the way, each flushed into its parent: a log is not durable in a folder that is not. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    flushFolder(dirname(made));
    if (made === first) return;
  }
}

function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
