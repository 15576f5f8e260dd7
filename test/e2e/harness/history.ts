import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '@jeroboam/domain';
import { FakeCloud, journalOf } from '@jeroboam/driver-sdk/testing';
import type { FakeEffect } from '@jeroboam/driver-sdk/testing';
import { NO_HASH, hashEvent, openSqliteEventLog } from '@jeroboam/event-log';

type Event = RecordedEvent & { readonly data: Record<string, unknown> & { readonly operationId?: string } };

/** The whole log of a data directory, read while or after a process ran on it. */
export async function readLog(dataDir: string): Promise<Event[]> {
  const log = await openSqliteEventLog({ path: join(dataDir, 'event-log.sqlite') });
  const events: Event[] = [];
  for await (const event of log.readAll()) events.push(event as Event);
  await log.close();
  return events;
}

const ENDS = ['OperationSucceeded', 'OperationFailed', 'OperationTimedOut', 'OperationSuperseded'];

/** Operations that were accepted and have not ended, or ended more than once: must be none when all is quiet. */
export function badlyEnded(events: readonly Event[]): string[] {
  const accepted = events.filter(({ type }) => type === 'OperationQueued').map(({ data }) => (data['operation'] as { operationId: string }).operationId);
  const ends = events.filter(({ type }) => ENDS.includes(type)).map(({ data }) => data.operationId);
  return accepted.filter((operationId) => ends.filter((ended) => ended === operationId).length !== 1);
}

/** Requests in bay streams that never became an operation: must be none when all is quiet. */
export function neverStarted(events: readonly Event[]): string[] {
  const queued = new Set(events.filter(({ type }) => type === 'OperationQueued').map(({ data }) => (data['operation'] as { operationId: string }).operationId));
  return events.filter(({ type }) => ['BayCreationRequested', 'BayResizeRequested', 'BayDeletionRequested'].includes(type)).map(({ data }) => data.operationId!).filter((id) => !queued.has(id));
}

/** Positions at which a stream has a gap or a hash does not follow from the event before. */
export function brokenChains(events: readonly Event[]): string[] {
  const heads = new Map<string, { revision: number; hash: string }>();
  return events.filter((event) => {
    const head = heads.get(event.stream) ?? { revision: -1, hash: NO_HASH };
    heads.set(event.stream, event);
    return event.revision !== head.revision + 1 || event.prevHash !== head.hash || hashEvent(event) !== event.hash;
  }).map(({ position }) => position);
}

export function fakeDataDir(dataDir: string): string {
  return join(dataDir, 'drivers', 'fake');
}

/** Everything the simulated cloud was made to do. */
export function effects(dataDir: string): FakeEffect[] {
  return readFileSync(journalOf(fakeDataDir(dataDir)), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as FakeEffect).filter(({ effect }) => effect !== 'fenced');
}

/** Effects that happened more than once in the life of a resource: must be none, whatever was killed. */
export function repeatedEffects(dataDir: string): string[] {
  const keys = effects(dataDir).map(({ effect, bayId, resourceId }) => `${effect} ${bayId}/${resourceId}`);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** What is left of a bay in the simulated cloud. */
export function leftovers(dataDir: string, bayId: string): string[] {
  const cloud = new FakeCloud(fakeDataDir(dataDir));
  const left = cloud.alive(bayId).map(({ name }) => name);
  cloud.close();
  return left;
}
