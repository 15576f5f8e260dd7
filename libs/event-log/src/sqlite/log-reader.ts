import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RecordedEvent } from '@jeroboam/domain';
import type { ReadFilter } from '../event-log.port.ts';
import { positionOf } from '../position.ts';
import { recordedEvent } from '../stored-event.ts';

/** A stored row before anybody parsed it: number of its position, hex hash, stored text. */
export type Row = readonly [position: number, hash: string, body: string];

export interface Page {
  readonly rows: readonly Row[];
  /** Number of the position everything up to which has been looked at. */
  readonly upTo: number;
  /** Known to be the last. */
  readonly isLast?: boolean;
}

/** Positions looked through at once when filtering; more after every window that held too little. */
const FIRST_WINDOW = 2_048;
const LARGEST_WINDOW = 1 << 20;

const COLUMNS = 'position, lower(hex(hash)), body';

/** Reads pages of rows; each is a short transaction of its own, so readers never hold the writer's checkpoints up. */
export class LogReader {
  readonly #head: StatementSync;
  readonly #stream: StatementSync;
  readonly #all: StatementSync;
  readonly #filtered: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #kinds: KindTable;

  constructor(database: DatabaseSync) {
    database.exec('PRAGMA query_only = ON');
    const prepare = (sql: string): StatementSync => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#head = prepare('SELECT max(position) FROM event');
    this.#dataVersion = prepare('PRAGMA data_version');
    this.#kinds = new KindTable(prepare);
    this.#stream = prepare(`
      SELECT ${COLUMNS} FROM event WHERE stream_id = (SELECT id FROM stream WHERE name = ?) AND revision >= ? ORDER BY revision LIMIT ?`);
    this.#all = prepare(`SELECT ${COLUMNS} FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`);
    // The inner query touches the index only; its sort is bounded by the window.
    this.#filtered = prepare(`
      SELECT ${COLUMNS} FROM event WHERE position IN (
        SELECT position FROM event INDEXED BY event_by_kind
        WHERE kind_id IN (SELECT value FROM json_each(?)) AND position > ? AND position <= ? ORDER BY position LIMIT ?
      ) ORDER BY position`);
  }

  /** Number of the last position; 0 while the log is empty. */
  head(): number {
    return (this.#head.get() as unknown as [number | null])[0] ?? 0;
  }

  /** Changes whenever any other connection, of this process or another, has committed. */
  dataVersion(): number {
    return (this.#dataVersion.get() as unknown as [number])[0];
  }

  stream(name: string, from: number, limit: number): readonly Row[] {
    return this.#stream.all(name, from, limit) as unknown as Row[];
  }

  /** At most `limit` rows with `after` < position <= `to`, where `to` is a head that was seen. */
  page(after: number, to: number, limit: number, filter: ReadFilter): Page {
    if (filter.categories || filter.types) return this.#filteredPage(after, to, limit, filter);
    const rows = this.#all.all(after, to, limit) as unknown as Row[];
    return { rows, upTo: rows.length < limit ? to : rows.at(-1)![0] };
  }

  #filteredPage(after: number, to: number, limit: number, filter: ReadFilter): Page {
    // Looked up after `to` was seen: every kind of an event up to there is known by now.
    const kinds = this.#kinds.matching(filter);
    if (kinds === '[]') return { rows: [], upTo: to };
    let window = FIRST_WINDOW;
    for (let start = after; ; start += window, window = Math.min(window * 4, LARGEST_WINDOW)) {
      const end = Math.min(start + window, to);
      const rows = this.#filtered.all(kinds, start, end, limit) as unknown as Row[];
      if (rows.length === limit) return { rows, upTo: rows.at(-1)![0] };
      if (rows.length > 0 || end === to) return { rows, upTo: end };
    }
  }
}

export function eventOf([position, hash, body]: Row): RecordedEvent {
  return recordedEvent(body, hash, positionOf(position));
}

/** The few (category, type) pairs there are, kept until the file has more. */
class KindTable {
  readonly #last: StatementSync;
  readonly #select: StatementSync;
  readonly #matching = new Map<string, string>();
  #known = 0;

  constructor(prepare: (sql: string) => StatementSync) {
    this.#last = prepare('SELECT coalesce(max(id), 0) FROM kind');
    this.#select = prepare(`
      SELECT json_group_array(id) FROM kind
      WHERE (:categories IS NULL OR category IN (SELECT value FROM json_each(:categories)))
        AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))`);
  }

  /** Ids of the kinds that pass, as a JSON array. */
  matching({ categories, types }: ReadFilter): string {
    const [last] = this.#last.get() as unknown as [number];
    if (last !== this.#known) this.#matching.clear();
    this.#known = last;
    const parameters = { categories: jsonOrNull(categories), types: jsonOrNull(types) };
    const key = JSON.stringify(parameters);
    let ids = this.#matching.get(key);
    if (ids === undefined) {
      [ids] = this.#select.get(parameters) as unknown as [string];
      this.#matching.set(key, ids);
    }
    return ids;
  }
}

function jsonOrNull(names: readonly string[] | undefined): string | null {
  return names ? JSON.stringify(names) : null;
}
