import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@jeroboam/domain';
import { openSqliteEventLog } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { median, printRows } from './bench.ts';
import type { BenchRow } from './bench.ts';

// The embedded log against bare node:sqlite on the same disk in the same minute: the same tables and indexes (copied
// from the log's own file), rows of the same size, WAL, a flush at every commit. The floor only inserts rows made
// beforehand; the log also checks ids and revisions, hashes, and hands everything to another thread and back.

const ROUNDS = 15;
const WINDOW_MS = 250;
const CONCURRENT_WRITERS = 64;
const STREAMS = 1_000;
const REPLAYED_EVENTS = 60_000;

interface Pair {
  readonly ours: number;
  readonly floor: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const log = await openSqliteEventLog({ path: join(folder, 'ours.db') });
  const bare = await BareTable.like(log, join(folder, 'ours.db'), join(folder, 'bare.db'));
  try {
    const writers = new StreamWriters(log);
    return [
      appendRow('append, 1 writer', await passes(writers, bare, 1)),
      appendRow(`append, ${CONCURRENT_WRITERS} concurrent writers`, await passes(writers, bare, CONCURRENT_WRITERS)),
      await replayRow(log),
    ];
  } finally {
    bare.close();
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

/** Each load by itself: in turns with the other, a writer alone would pay for reading again what 64 have changed. The first pass warms up. */
async function passes(writers: StreamWriters, bare: BareTable, concurrency: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) pairs.push(await onePass(writers, bare, concurrency));
  return pairs.slice(1);
}

async function onePass(writers: StreamWriters, bare: BareTable, concurrency: number): Promise<Pair> {
  return { ours: await writers.appendsPerSecond(concurrency), floor: bare.insertsPerSecond(concurrency) };
}

function appendRow(name: string, pairs: readonly Pair[]): BenchRow {
  return {
    name,
    value: median(pairs.map(({ ours }) => ours)),
    unit: 'events/s',
    floor: median(pairs.map(({ floor }) => floor)),
    ratio: median(pairs.map(({ ours, floor }) => ours / floor)),
    target: 'ratio >= 0.7',
  };
}

/** Writers on the log, each append with the revision it expects, over a thousand streams. */
class StreamWriters {
  readonly #log: EventLog;
  readonly #streams = Array.from({ length: STREAMS }, () => ({ name: `bay-${randomUUID()}`, revision: -1 }));
  #next = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  async appendsPerSecond(concurrency: number): Promise<number> {
    const start = performance.now();
    const counts = await Promise.all(Array.from({ length: concurrency }, () => this.#writeUntil(start + WINDOW_MS)));
    return (counts.reduce((sum, count) => sum + count, 0) * 1_000) / (performance.now() - start);
  }

  async #writeUntil(end: number): Promise<number> {
    let count = 0;
    while (performance.now() < end) {
      this.#next = (this.#next + 1) % STREAMS;
      const stream = this.#streams[this.#next]!;
      const { revision } = await this.#log.append(stream.name, [sampleEvent()], stream.revision === -1 ? 'none' : stream.revision);
      stream.revision = revision;
      count += 1;
    }
    return count;
  }
}

/** The log's tables without the log. */
class BareTable {
  readonly #database: DatabaseSync;
  readonly #rows: readonly { readonly body: string; readonly hash: Buffer }[];
  readonly #revisions = new Array<number>(STREAMS + 1).fill(-1);
  #position = 0;

  private constructor(database: DatabaseSync, bodies: readonly string[]) {
    this.#database = database;
    this.#rows = bodies.map((body) => ({ body, hash: randomBytes(32) }));
  }

  static async like(log: EventLog, logPath: string, path: string): Promise<BareTable> {
    for (let sample = 0; sample < 64; sample += 1) await log.append(`bay-${randomUUID()}`, [sampleEvent()], 'none');
    const source = new DatabaseSync(logPath, { readOnly: true });
    const schema = source.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all() as { sql: string }[];
    const rows = source.prepare('SELECT body FROM event').all() as { body: string }[];
    source.close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000');
    for (const { sql } of schema) database.exec(sql);
    return new BareTable(database, rows.map(({ body }) => body));
  }

  insertsPerSecond(perCommit: number): number {
    const insert = this.#database.prepare(
      'INSERT INTO event (position, stream_id, revision, kind_id, event_id, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const [begin, commit] = [this.#database.prepare('BEGIN IMMEDIATE'), this.#database.prepare('COMMIT')];
    const ids = randomBytes(16 * 65_536);
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < WINDOW_MS) {
      if (perCommit > 1) begin.run();
      for (let inserted = 0; inserted < perCommit; inserted += 1) this.#insert(insert, ids, count++);
      if (perCommit > 1) commit.run();
    }
    return (count * 1_000) / (performance.now() - start);
  }

  close(): void {
    this.#database.close();
  }

  #insert(insert: ReturnType<DatabaseSync['prepare']>, ids: Buffer, count: number): void {
    const { body, hash } = this.#rows[count % this.#rows.length]!;
    const streamId = 1 + (count % STREAMS);
    this.#revisions[streamId]! += 1;
    this.#position += 1;
    insert.run(this.#position, streamId, this.#revisions[streamId]!, 1, ids.subarray((count % 65_536) * 16, ((count % 65_536) + 1) * 16), hash, body);
  }
}

/** One core reads the log from its beginning and folds it: what rebuilding any state costs at least. */
async function replayRow(log: EventLog): Promise<BenchRow> {
  for (let written = 0; written < REPLAYED_EVENTS; written += 500) {
    await log.append(`bay-${randomUUID()}`, Array.from({ length: 500 }, sampleEvent), 'none');
  }
  const rates: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    let [events, nodes] = [0, 0];
    for await (const event of log.readAll({ limit: REPLAYED_EVENTS })) {
      events += 1;
      nodes += (event.data as { nodeCount: number }).nodeCount;
    }
    if (nodes !== events * 3) throw new Error('the fold lost something');
    rates.push((events * 1_000) / (performance.now() - start));
  }
  return { name: 'replay: readAll, parse, fold', value: median(rates), unit: 'events/s', target: '>= 200,000 events/s' };
}

function sampleEvent(): NewEvent {
  const commandId = randomUUID();
  return {
    eventId: randomUUID(),
    type: 'BayResizeRequested',
    schemaVersion: 1,
    occurredAt: '2026-11-01T12:00:00.000Z',
    actor: { userId: 'user-1', projectId: 'project-1', roles: ['member'] },
    requestId: 'req-1',
    commandId,
    correlationId: commandId,
    causationId: null,
    data: { nodeCount: 3, reason: 'load' },
  };
}

if (import.meta.main) printRows(await run());
