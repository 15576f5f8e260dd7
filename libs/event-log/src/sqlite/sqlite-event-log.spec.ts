import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventLogContract } from '../testing/event-log.contract.ts';
import { anEvent } from '../testing/an-event.ts';
import { LoneAppends } from './lone-appends.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

class AlwaysHere extends LoneAppends {
  override areCommittedHere(): boolean {
    return true;
  }
}

describe.each([
  ['as it comes', () => new LoneAppends()],
  ['committing every lone append on the calling thread', () => new AlwaysHere()],
])('%s', (_how, lone) => {
  eventLogContract('SqliteEventLog', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-event-log-'));
    return {
      open: () => openSqliteEventLog({ path: join(folder, 'events.db') }, lone()),
      remove: async () => rmSync(folder, { recursive: true }),
    };
  });
});

it('tells a subscription that somebody waits for before those that were there earlier', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-event-log-'));
  const log = await openSqliteEventLog({ path: join(folder, 'events.db') });
  const order: string[] = [];
  const all = Promise.withResolvers<void>();
  for (const name of ['a', 'b', 'awaited']) {
    log.subscribe({ isAwaited: () => name === 'awaited' }, async () => {
      if (order.push(name) === 3) all.resolve();
    });
  }
  await log.append('bay-1', [anEvent()], 'none');
  await all.promise;
  expect(order).toEqual(['awaited', 'a', 'b']);
  await log.close();
  rmSync(folder, { recursive: true });
});
