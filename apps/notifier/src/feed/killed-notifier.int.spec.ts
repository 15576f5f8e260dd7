import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { Metrics, silentLogger } from '@jeroboam/platform';
import { FakeClock } from '@jeroboam/platform/testing';
import { openSqliteReadModel } from '@jeroboam/read-model';
import { Notifier, openCursors } from '../notifier.ts';
import { DEFAULT_CONFIG } from '../testing/default-config.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { ProcessGroup, eventually } from '../testing/processes.ts';
import { happenAtRandom } from '../testing/random-history.ts';

const EVENTS = 3_000;
const KILLS = 4;
const CHILD = join(import.meta.dirname, '../testing/notifier-child.ts');
const SOURCES = ['--conditions=@jeroboam/source', '--import', join(import.meta.dirname, '../../../../libs/read-model/src/testing/typescript-hook.mjs')];

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

describe('a notifier in a process of its own', () => {
  let folder: string;
  let log: EventLog;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-notifier-'));
    log = await openSqliteEventLog({ path: join(folder, 'event-log.sqlite') });
    await happenAtRandom(log, new FakeClock(), { seed: 21, events: EVENTS, stepMs: 1 });
  }, 60_000);
  afterAll(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });

  /** Everything there is to tell, from a notifier that nobody kills. */
  async function expected(): Promise<ReadonlyMap<string, string>> {
    const sink = new MemorySink();
    const clock = new FakeClock();
    const cursors = await openSqliteReadModel({ path: ':memory:' });
    const notifier = new Notifier({ eventLog: log, cursors, clock, timers: clock, logger: silentLogger, metrics: new Metrics(), config: DEFAULT_CONFIG }, [sink]);
    notifier.start();
    const head = await log.head();
    await eventually(async () => ((await cursors.checkpoint('notifier-memory')) === head ? true : undefined));
    await notifier.stop();
    await cursors.close();
    return new Map(sink.messages.map(({ messageId, text }) => [messageId, text]));
  }

  it(`tells of everything, although it is killed ${KILLS} times, and the same again of what was in flight`, async () => {
    const reference = await expected();
    const bytes = [...reference.values()].reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
    const file = join(folder, 'notifications.jsonl');
    const start = () => new ProcessGroup('notifier', process.execPath, [...SOURCES, CHILD, folder, file], { env: process.env, cwd: folder });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const child = start();
      // At another place each time; whatever it has written by then, or has not.
      await eventually(() => (sizeOf(file) > (bytes * kill) / (KILLS + 2) ? true : undefined), { everyMs: 2, complaint: () => child.said });
      await child.end('SIGKILL');
    }
    const last = start();
    const cursors = await openCursors(folder);
    const head = await log.head();
    await eventually(async () => ((await cursors.checkpoint('notifier-file')) === head ? true : undefined), { complaint: () => last.said });
    await last.end('SIGKILL');
    await cursors.close();
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const told = new Map(lines.map((line) => [(JSON.parse(line) as { message_id: string }).message_id, line]));
    expect(told).toEqual(reference);
    // A line that is in the file twice is there twice with the same bytes: there are no others.
    expect(new Set(lines).size).toBe(reference.size);
  }, 120_000);
});
