import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { RecordedEvent } from '@jeroboam/domain';
import { openSqliteEventLog, verifyChain } from '@jeroboam/event-log';
import { BatchRecorder, collect } from '@jeroboam/event-log/testing';

const ROUNDS = 24;
const PROGRAM = join(import.meta.dirname, 'append-until-killed.ts');
const NODE = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'node');

type Child = ChildProcessByStdio<null, Readable, Readable>;

// A killed process shows that an acknowledged append has left the process; that it has reached the disk is what
// `synchronous = FULL` is for, which the library checks on every connection it opens.
describe('an acknowledged append', () => {
  let folder: string;
  let path: string;
  const children: Child[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-durability-'));
    path = join(folder, 'events.db');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const start = (count?: number): Child => {
    const child = spawn(NODE, [PROGRAM, path, ...(count === undefined ? [] : [String(count)])], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };

  it(`survives the kill of its process, ${ROUNDS} times in a row`, async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Killed after another number of acknowledgements each time, the first as soon as possible.
      acknowledged.push(...(await idsUntilKilled(start(), 1 + ((round * 37) % 120))));
      assertWhole(await eventsIn(path), acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
  });

  it('of several processes on one new file is neither lost nor doubled, although one of them is killed', async () => {
    const log = await openSqliteEventLog({ path });
    const followed = new BatchRecorder();
    log.subscribe({}, followed.handler);
    const [killed, ...finished] = await Promise.all([idsUntilKilled(start(), 40), idsOf(start(300)), idsOf(start(300))]);
    const events = await eventsIn(path);
    assertWhole(events, [...killed, ...finished.flat()]);
    await followed.until(({ upTo }) => upTo === events.at(-1)!.position);
    expect(followed.events).toEqual(events);
    await log.close();
  });
});

async function idsOf(child: Child): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) ids.push(id);
  await exited(child);
  expect(child.exitCode).toBe(0);
  return ids;
}

/** What a child acknowledged by the time it was gone. */
async function idsUntilKilled(child: Child, count: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) {
    if (id.length === 36) ids.push(id);
    if (ids.length === count) child.kill('SIGKILL');
  }
  await exited(child);
  expect(child.signalCode).toBe('SIGKILL');
  return ids;
}

async function exited(child: Child): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function eventsIn(path: string): Promise<RecordedEvent[]> {
  const log = await openSqliteEventLog({ path });
  const events = await collect(log.readAll());
  expect(await verifyChain(log)).not.toHaveProperty('broken');
  await log.close();
  return events;
}

function assertWhole(events: readonly RecordedEvent[], acknowledged: readonly string[]): void {
  const found = new Set(events.map(({ eventId }) => eventId));
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  expect(found.size).toBe(events.length);
}
