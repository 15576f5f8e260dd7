import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventLogContract } from '../testing/event-log.contract.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

eventLogContract('SqliteEventLog', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-event-log-'));
  return {
    open: () => openSqliteEventLog({ path: join(folder, 'events.db') }),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});
