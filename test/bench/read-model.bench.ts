import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { InMemoryEventLog, anEvent } from '@jeroboam/event-log/testing';
import { openSqliteReadModel, rebuildProjection, runProjections } from '@jeroboam/read-model';
import type { DocumentChange, Projection, ReadDocument, ReadModel } from '@jeroboam/read-model';
import { median, printRows } from './bench.ts';
import type { BenchRow } from './bench.ts';

// The embedded read model against bare node:sqlite in the same minute: the same documents, parsed from JSON, in one
// table with the same indexes, journal and synchronous mode, and a counter that each commit moves. The floor keeps no
// positions, checks nothing and hands in the indexed values itself.

const ROUNDS = 9;
const BAYS = 10_000;
const PROJECTS = 10;
const PAGE = 1_000;
const GETS = 5_000;
const EVENTS = 20_000;
const COLLECTION = { name: 'bays', indexes: ['projectId', 'status', 'name', 'updatedAt'] };

interface BayDocument extends ReadDocument {
  readonly projectId: string;
}

/** About 1.5 kB of JSON, as a bay of three nodes has. */
function bayDocument(index: number, updatedAt = 'never'): BayDocument & Record<string, unknown> {
  const labels = Object.fromEntries(Array.from({ length: 12 }, (_, label) => [`label_${label}`, `some value of label ${label}`]));
  const network = `10.0.${index % 250}`;
  const nodes = Array.from({ length: 3 }, (_, node) => ({
    name: `default-worker-${node}`, address: `${network}.${node}`, externalId: `node-${index}-${node}`,
  }));
  return {
    id: idOf(index), projectId: `project-${index % PROJECTS}`, name: `bay-${index}`,
    status: index % 3 === 0 ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE', updatedAt,
    bayModelId: '0f3d7a3c-0a51-4f6e-b9a5-5f3d7a3c0a51', keypair: 'operator', coe: 'kubernetes',
    apiAddress: `https://${network}.1:6443`, labels, nodes,
  };
}

const idOf = (index: number): string => `0f3d7a3c-0a51-4f6e-b9a5-${String(index).padStart(12, '0')}`;
const at = (place: number): string => String(place).padStart(16, '0');
const upsert = (index: number, place: number): DocumentChange =>
  ({ kind: 'upsert', collection: COLLECTION.name, document: bayDocument(index, at(place)), position: at(place) });

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const path = join(folder, 'ours.db');
  const [ours, bare] = [new FilledReadModel(await openSqliteReadModel({ path })), new BareTable(join(folder, 'bare.db'))];
  try {
    await ours.fill();
    bare.fill();
    const one: Pair[] = [];
    const pages: Pair[] = [];
    const commits: Pair[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      one.push({ ours: await ours.getsPerSecond(), floor: bare.getsPerSecond() });
      pages.push({ ours: await ours.findMs(), floor: bare.findMs() });
      commits.push({ ours: await ours.commitsPerSecond(), floor: bare.commitsPerSecond() });
    }
    // The first round warms up.
    return [
      row('get, 1.5 kB document', 'gets/s', one.slice(1), 'more', '> 100,000'),
      row(`find, ${PAGE} of ${BAYS} by one field`, 'ms', pages.slice(1), 'less', '< 10'),
      row('commit of one document', 'commits/s', commits.slice(1), 'more'),
      await listRow(ours.model),
      await rebuildRow(join(folder, 'rebuilt.db')),
      ...(await visibleRows(join(folder, 'followed.db'))),
    ];
  } finally {
    await ours.model.close();
    bare.close();
    rmSync(folder, { recursive: true });
  }
}

interface Pair {
  readonly ours: number;
  readonly floor: number;
}

function row(name: string, unit: string, pairs: readonly Pair[], better: 'more' | 'less', target?: string): BenchRow {
  return {
    name, unit, target,
    value: median(pairs.map(({ ours }) => ours)),
    floor: median(pairs.map(({ floor }) => floor)),
    ratio: median(pairs.map(({ ours, floor }) => (better === 'more' ? ours / floor : floor / ours))),
  };
}

class FilledReadModel {
  #place = BAYS;

  constructor(readonly model: ReadModel) {}

  async fill(): Promise<void> {
    await this.model.ensure([COLLECTION]);
    const changes = Array.from({ length: BAYS }, (_, index) => upsert(index, index + 1));
    for (let first = 0; first < BAYS; first += 500) {
      await this.model.commit('bays', first === 0 ? undefined : at(first), at(first + 500), changes.slice(first, first + 500));
    }
  }

  async getsPerSecond(): Promise<number> {
    const start = performance.now();
    for (let index = 0; index < GETS; index += 1) await this.model.get(COLLECTION.name, idOf((index * 7_919) % BAYS));
    return (GETS * 1_000) / (performance.now() - start);
  }

  async findMs(): Promise<number> {
    const start = performance.now();
    await this.model.find(COLLECTION.name, { where: { projectId: 'project-3' }, limit: PAGE });
    return performance.now() - start;
  }

  async commitsPerSecond(): Promise<number> {
    const start = performance.now();
    for (let index = 0; index < PAGE; index += 1) {
      const from = this.#place;
      this.#place += 1;
      await this.model.commit('bays', at(from), at(this.#place), [upsert((index * 7_919) % BAYS, this.#place)]);
    }
    return (PAGE * 1_000) / (performance.now() - start);
  }
}

class BareTable {
  readonly #db: DatabaseSync;
  readonly #get: StatementSync;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #count: StatementSync;
  #place = BAYS;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 1073741824');
    this.#db.exec(`CREATE TABLE bays (id TEXT PRIMARY KEY, ${COLLECTION.indexes.join(', ')}, doc TEXT)`);
    this.#db.exec("CREATE TABLE counter (value TEXT); INSERT INTO counter VALUES ('')");
    for (const field of COLLECTION.indexes) this.#db.exec(`CREATE INDEX by_${field} ON bays (${field})`);
    this.#get = this.#db.prepare('SELECT doc FROM bays WHERE id = ?');
    this.#find = this.#db.prepare('SELECT doc FROM bays WHERE projectId = ? LIMIT ?');
    const changed = [...COLLECTION.indexes, 'doc'].map((column) => `${column} = excluded.${column}`).join(', ');
    this.#put = this.#db.prepare(`INSERT INTO bays VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ${changed}`);
    this.#count = this.#db.prepare('UPDATE counter SET value = ?');
  }

  fill(): void {
    this.#db.exec('BEGIN');
    for (let index = 0; index < BAYS; index += 1) this.#write(index, index + 1);
    this.#db.exec('COMMIT');
  }

  getsPerSecond(): number {
    const start = performance.now();
    for (let index = 0; index < GETS; index += 1) JSON.parse((this.#get.get(idOf((index * 7_919) % BAYS)) as { doc: string }).doc);
    return (GETS * 1_000) / (performance.now() - start);
  }

  findMs(): number {
    const start = performance.now();
    for (const { doc } of this.#find.all('project-3', PAGE) as unknown as readonly { doc: string }[]) JSON.parse(doc);
    return performance.now() - start;
  }

  commitsPerSecond(): number {
    const start = performance.now();
    for (let index = 0; index < PAGE; index += 1) {
      this.#db.exec('BEGIN IMMEDIATE');
      this.#place += 1;
      this.#write((index * 7_919) % BAYS, this.#place);
      this.#count.run(at(this.#place));
      this.#db.exec('COMMIT');
    }
    return (PAGE * 1_000) / (performance.now() - start);
  }

  close(): void {
    this.#db.close();
  }

  #write(index: number, place: number): void {
    const document = bayDocument(index, at(place));
    this.#put.run(document.id, ...COLLECTION.indexes.map((field) => document[field] as string), JSON.stringify(document));
  }
}

/** What `GET /v1/clusters?sort_key=…` of an administrator asks for: pages in the order of a field, deep in the list. */
async function listRow(model: ReadModel): Promise<BenchRow> {
  const times: number[] = [];
  let afterId: string | undefined;
  for (let page = 0; page < BAYS / PAGE; page += 1) {
    const start = performance.now();
    const bays = await model.find(COLLECTION.name, { sortBy: 'name', descending: true, afterId, limit: PAGE });
    times.push(performance.now() - start);
    afterId = bays.at(-1)?.id;
  }
  return { name: `page of ${PAGE} sorted, slowest of ${times.length}`, value: Math.max(...times), unit: 'ms', target: '< 300' };
}

/** One document of 1.5 kB written per event, over a thousand streams: no projection of ours writes more. */
const projection: Projection = {
  name: 'bays',
  collections: [COLLECTION],
  categories: ['bay'],
  async project({ data, position }, documents) {
    const { index } = data as { index: number };
    const known = await documents.get<BayDocument>(COLLECTION.name, idOf(index));
    const document = { ...(known ?? bayDocument(index)), updatedAt: position };
    return [{ kind: 'upsert', collection: COLLECTION.name, document, position }];
  },
};

const event = (index: number): ReturnType<typeof anEvent> => anEvent({ data: { index } });

async function rebuildRow(path: string): Promise<BenchRow> {
  const [log, readModel] = [new InMemoryEventLog(), await openSqliteReadModel({ path })];
  for (let place = 0; place < EVENTS; place += 1) await log.append(`bay-${place % 1_000}`, [event(place % 1_000)], 'any');
  const start = performance.now();
  await rebuildProjection({ log, readModel, projection });
  const value = (EVENTS * 1_000) / (performance.now() - start);
  await log.close();
  await readModel.close();
  return { name: 'rebuild of a projection', value, unit: 'events/s', target: '>= 20,000' };
}

/** From the answered append to the document, in this process and in one that shares the file. The log costs next to nothing. */
async function visibleRows(path: string): Promise<BenchRow[]> {
  const [log, readModel, other] = [new InMemoryEventLog(), await openSqliteReadModel({ path }), await openSqliteReadModel({ path })];
  const projector = runProjections({ log, readModel, projections: [projection] });
  await projector.caughtUp();
  const [here, there]: [number[], number[]] = [[], []];
  for (let place = 0; place < 300; place += 1) {
    const reader = place % 2 === 0 ? readModel : other;
    const { position } = await log.append(`bay-${place}`, [event(place)], 'any');
    const start = performance.now();
    await reader.reached(projection.name, position, 5_000);
    (reader === readModel ? here : there).push(performance.now() - start);
    // An idle moment, as between two requests.
    await pause(1);
  }
  await projector.stop();
  await Promise.all([log.close(), readModel.close(), other.close()]);
  return [
    { name: 'event to document, same process, p50', value: percentile(here, 0.5), unit: 'ms', target: '< 1' },
    { name: 'event to document, same process, p99', value: percentile(here, 0.99), unit: 'ms', target: '< 1' },
    { name: 'event to document, another process, p99', value: percentile(there, 0.99), unit: 'ms', target: '< 20' },
  ];
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}

if (import.meta.main) printRows(await run());
