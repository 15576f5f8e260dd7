import type { DatabaseSync } from 'node:sqlite';
import { connect, isBusy } from './database.ts';
import { LogWriter } from './log-writer.ts';
import type { Answers, AppendRequest } from './writer-protocol.ts';

/** Commits on the calling thread, over a connection of its own, opened when it is first needed. */
export class DirectWriter {
  #open: { readonly database: DatabaseSync; readonly writer: LogWriter } | undefined;

  constructor(private readonly path: string) {}

  /**
   * @returns undefined, having written nothing, while another connection is writing.
   * @throws what SQLite says; the outcome is unknown then.
   */
  commit(request: AppendRequest): Answers | undefined {
    const requests = [request];
    try {
      this.#open ??= this.#connect();
      return this.#open.writer.commit(() => requests.splice(0));
    } catch (error) {
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** It never waits for a lock, and leaves copying the `-wal` file back to the writer thread: both would stop the caller. */
  #connect(): { database: DatabaseSync; writer: LogWriter } {
    const database = connect(this.path, 0);
    database.exec('PRAGMA wal_autocheckpoint = 0');
    return { database, writer: new LogWriter(database) };
  }
}
