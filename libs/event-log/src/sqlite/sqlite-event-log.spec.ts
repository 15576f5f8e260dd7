import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventLogContract } from '../testing/event-log.contract.ts';
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
