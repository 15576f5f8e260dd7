import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NO_HASH, hashText, storedText } from '../stored-event.ts';
import { FIELDS_PER_EVENT, OUTCOME } from './writer-protocol.ts';
import type { Answers, AppendRequest } from './writer-protocol.ts';

// Runs in the writer thread: erasable syntax and relative imports only.

interface StreamHead {
  /** 0 while the stream has no row yet. */
  id: number;
  revision: number;
  hash: string;
}

interface Place {
  readonly revision: number;
  readonly position: number;
}

interface Taken extends Place {
  readonly outcome: number;
}

/** Stream heads kept between commits; beyond, all are forgotten and looked up again. */
const MAX_CACHED_HEADS = 20_000;

/**
 * Writes appends, as many as are given in one transaction and one flush. Each is taken or refused by itself, before
 * anything of it is written. What it remembers between commits holds as long as nobody else wrote to the file.
 */
export class LogWriter {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #heads = new Map<string, StreamHead>();
  readonly #kinds = new Map<string, number>();
  #lastPosition = 0;
  #dataVersion: unknown;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  /**
   * @param next called again and again until it has no more requests: what arrives while others are being written shares
   * their flush.
   * @throws what SQLite says; then nothing of all these requests is in the log, unless it failed while committing.
   */
  commit(next: () => readonly AppendRequest[]): Answers {
    try {
      this.#statements.begin.run();
      this.#forgetIfOthersWrote();
      const answers = this.#takeAll(next);
      this.#statements.commit.run();
      return answers;
    } catch (error) {
      this.#forget();
      this.#kinds.clear();
      if (this.#database.isTransaction) this.#statements.rollback.run();
      throw error;
    }
  }

  #takeAll(next: () => readonly AppendRequest[]): Answers {
    const recordedAt = new Date().toISOString();
    const answers: number[] = [];
    for (let requests = next(); requests.length > 0; requests = next()) {
      for (const request of requests) {
        const head = this.#headOf(request.stream);
        const taken = this.#take(request, head, recordedAt);
        if (taken) answers.push(request.id, taken.outcome, taken.revision, taken.position);
        else answers.push(request.id, OUTCOME.conflict, head.revision, 0);
      }
    }
    return new Float64Array(answers);
  }

  /** Where the last event of the request is now; undefined when it must be refused. */
  #take(request: AppendRequest, head: StreamHead, recordedAt: string): Taken | undefined {
    const { events, expected } = request;
    const decidedOnHead = expected === 'any' || (expected === 'none' ? -1 : expected) === head.revision;
    // The usual case spares the look-up: the index on ids, which has to be touched anyway, says whether it is new.
    if (decidedOnHead && events.length === FIELDS_PER_EVENT && this.#write(request, head, recordedAt, 0)) return this.#lastPlace(head);
    const held = this.#heldOf(head, events);
    const firstNew = held.indexOf(undefined);
    if (firstNew === -1) return { ...held.reduce((last, place) => (place!.revision > last!.revision ? place : last))!, outcome: OUTCOME.wereThere };
    // An id held behind a new one: the given order cannot be had any more.
    if (!decidedOnHead || held.slice(firstNew).some((place) => place !== undefined)) return undefined;
    for (let at = firstNew * FIELDS_PER_EVENT; at < events.length; at += FIELDS_PER_EVENT) this.#write(request, head, recordedAt, at);
    return this.#lastPlace(head);
  }

  #lastPlace(head: StreamHead): Taken {
    return { revision: head.revision, position: this.#lastPosition, outcome: OUTCOME.appended };
  }

  #heldOf(head: StreamHead, events: readonly string[]): (Place | undefined)[] {
    const held: (Place | undefined)[] = [];
    for (let at = 0; at < events.length; at += FIELDS_PER_EVENT) {
      held.push(head.revision === -1 ? undefined : (this.#statements.held.get(head.id, events[at]!) as unknown as Place | undefined));
    }
    return held;
  }

  /** Writes the event whose fields begin at `at`; false, having written nothing, when the stream holds its id. */
  #write({ stream, category, events }: AppendRequest, head: StreamHead, recordedAt: string, at: number): boolean {
    const [eventId, type, writer] = [events[at]!, events[at + 1]!, events[at + 2]!];
    const revision = head.revision + 1;
    const position = this.#lastPosition + 1;
    const text = storedText({ prevHash: head.hash, stream, revision, recordedAt }, writer);
    const hash = hashText(text);
    if (head.id === 0) head.id = Number(this.#statements.addStream.run(stream).lastInsertRowid);
    const { changes } = this.#statements.addEvent.run(position, head.id, revision, this.#kindOf(category, type), eventId, hash, text);
    if (changes === 0) return false;
    head.revision = revision;
    head.hash = hash;
    this.#lastPosition = position;
    return true;
  }

  #headOf(stream: string): StreamHead {
    let head = this.#heads.get(stream);
    if (!head) {
      if (this.#heads.size >= MAX_CACHED_HEADS) this.#heads.clear();
      head = (this.#statements.head.get(stream) as unknown as StreamHead | undefined) ?? { id: 0, revision: -1, hash: NO_HASH };
      this.#heads.set(stream, head);
    }
    return head;
  }

  #kindOf(category: string, type: string): number {
    const name = `${category}\n${type}`;
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = (this.#statements.kind.get(category, type) as { id: number } | undefined)?.id;
      kind ??= Number(this.#statements.addKind.run(category, type).lastInsertRowid);
      this.#kinds.set(name, kind);
    }
    return kind;
  }

  #forgetIfOthersWrote(): void {
    const { data_version: dataVersion } = this.#statements.dataVersion.get() as { data_version: number };
    if (dataVersion === this.#dataVersion) return;
    this.#forget();
    this.#dataVersion = dataVersion;
    this.#lastPosition = (this.#statements.lastPosition.get() as { position: number }).position;
  }

  #forget(): void {
    this.#heads.clear();
    this.#dataVersion = undefined;
  }
}

class Statements {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
  readonly dataVersion: StatementSync;
  readonly lastPosition: StatementSync;
  readonly head: StatementSync;
  readonly held: StatementSync;
  readonly kind: StatementSync;
  readonly addStream: StatementSync;
  readonly addKind: StatementSync;
  readonly addEvent: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.begin = prepare('BEGIN IMMEDIATE');
    this.commit = prepare('COMMIT');
    this.rollback = prepare('ROLLBACK');
    this.dataVersion = prepare('PRAGMA data_version');
    this.lastPosition = prepare('SELECT coalesce(max(position), 0) AS position FROM event');
    this.head = prepare(`
      SELECT stream.id, event.revision, lower(hex(event.hash)) AS hash FROM stream JOIN event ON event.stream_id = stream.id
      WHERE stream.name = ? ORDER BY event.revision DESC LIMIT 1`);
    this.held = prepare(`SELECT revision, position FROM event WHERE stream_id = ? AND event_id = unhex(?, '-')`);
    this.kind = prepare('SELECT id FROM kind WHERE category = ? AND type = ?');
    this.addStream = prepare('INSERT INTO stream (name) VALUES (?)');
    this.addKind = prepare('INSERT INTO kind (category, type) VALUES (?, ?)');
    this.addEvent = prepare(`
      INSERT INTO event (position, stream_id, revision, kind_id, event_id, hash, body) VALUES (?, ?, ?, ?, unhex(?, '-'), unhex(?), ?)
      ON CONFLICT (stream_id, event_id) DO NOTHING`);
  }
}
