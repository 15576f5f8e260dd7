import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ReadModelUnavailable } from '../errors.ts';

/** How long a call waits for another process's transaction, in milliseconds. Transactions take milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** SQLite result codes (sqlite.org/rescode.html) that speak of the store, not of a bug: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN. */
const UNAVAILABLE = new Set([5, 6, 8, 10, 13, 14]);

export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    enterWal(db);
    // The last commits may be lost with the power, whole ones and in order: the projector then goes on from an earlier
    // checkpoint. The log is what must be durable; everything here can be rebuilt from it.
    db.exec('PRAGMA synchronous = NORMAL');
    // A last resort: `WalCopier` does it long before.
    db.exec('PRAGMA wal_autocheckpoint = 16000');
    // Reads come straight from the page cache of the system, without a copy and a call per page.
    db.exec(`PRAGMA mmap_size = ${1024 ** 3}; PRAGMA cache_size = -16384`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The switch to WAL needs the file for itself and does not honour the busy timeout: several processes may boot at once. */
function enterWal(db: DatabaseSync): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > deadline) throw error;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

/** By shape, not `instanceof`: in a test runner's realm SQLite's errors are made from another `Error`. */
function isUnavailable(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'errcode' in error && UNAVAILABLE.has(Number(error.errcode) & 0xff);
}

/** Runs `work` on the database; what is wrong with the store becomes the port's own error, a bug stays what it is. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isUnavailable(error)) throw new ReadModelUnavailable(error.message, { cause: error });
    throw error;
  }
}

/** A statement whose rows come as arrays: a third faster than objects. */
export function prepareRows(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

/** Runs `work` under the write lock; `undefined` from it rolls back what it did. */
export function inTransaction<T>(db: DatabaseSync, work: () => T | undefined): T | undefined {
  db.exec('BEGIN IMMEDIATE');
  let result: T | undefined;
  try {
    result = work();
  } catch (error) {
    // Some failures (a full disk) have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  db.exec(result === undefined ? 'ROLLBACK' : 'COMMIT');
  return result;
}
