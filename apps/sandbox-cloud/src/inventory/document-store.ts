import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { openDocuments } from './documents-file.ts';

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
  close(): Promise<void>;
}

/** Keeps nothing: the sandbox starts empty every time. */
export const noStore: DocumentStore = {
  load: () => [],
  put: () => undefined,
  delete: () => undefined,
  flushed: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** How long writes are gathered, in milliseconds: what a killed sandbox forgets of work in progress, never of what it answered. */
const GATHER_MS = 20;

// The thread's own file: a source when this is one (types are stripped by Node), otherwise the compiled one.
const THREAD_FILE = new URL(`./document-writer.thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Documents in one SQLite file below `folder`, which a thread of its own writes: a disk that is slow holds up nobody but who waits for it. */
export function openSqliteStore(folder: string): DocumentStore {
  mkdirSync(folder, { recursive: true });
  return new SqliteStore(join(folder, 'sandbox.sqlite'));
}

/** Those who wait for a batch to be durable. */
type Batch = PromiseWithResolvers<void>;

class SqliteStore implements DocumentStore {
  private readonly changes = new Map<string, { readonly collection: string; readonly id: string; readonly document: unknown }>();
  /** Stays open: the last one to close a file has it to itself for a moment, which the thread that opens it would meet. */
  private readonly database: DatabaseSync;
  private readonly worker: Worker;
  private gathering: Batch | undefined;
  private writing: Batch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failure: Error | undefined;

  constructor(private readonly path: string) {
    this.database = openDocuments(path);
    this.worker = new Worker(THREAD_FILE, { workerData: path, execArgv: [], name: 'sandbox-documents' });
    this.worker.on('message', () => this.written());
    this.worker.on('error', (error) => this.failed(error instanceof Error ? error : new Error(String(error))));
  }

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
    if (this.failure) return Promise.reject(this.failure);
    return (this.gathering ?? this.writing)?.promise ?? Promise.resolve();
  }

  async close(): Promise<void> {
    await this.flushed();
    clearTimeout(this.timer);
    await this.worker.terminate();
    this.database.close();
  }

  private change(change: { readonly collection: string; readonly id: string; readonly document: unknown }): void {
    this.changes.set(`${change.collection}/${change.id}`, change);
    if (this.gathering) return;
    this.gathering = Promise.withResolvers<void>();
    // Who does not wait for it learns of a failure when it is asked for the next time.
    this.gathering.promise.catch(() => undefined);
    this.timer ??= setTimeout(() => this.send(), GATHER_MS);
  }

  /** One batch at a time: while it is written the next one grows, and a document in it is written once however often it has changed. */
  private send(): void {
    this.timer = undefined;
    if (this.writing || !this.gathering) return;
    this.writing = this.gathering;
    this.gathering = undefined;
    const rows = [...this.changes.values()]
      .flatMap(({ collection, id, document }) => [collection, id, document === undefined ? null : JSON.stringify(document)]);
    this.changes.clear();
    this.worker.postMessage(rows);
  }

  private written(): void {
    this.writing?.resolve();
    this.writing = undefined;
    if (this.gathering) this.timer ??= setTimeout(() => this.send(), GATHER_MS);
  }

  private failed(error: Error): void {
    this.failure = new Error(`The sandbox cannot keep its documents in ${this.path}: ${error.message}`, { cause: error });
    this.writing?.reject(this.failure);
    this.gathering?.reject(this.failure);
  }
}
