import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteEventLog } from './sqlite/sqlite-event-log.ts';
import { someEvents } from './testing/an-event.ts';
import { InMemoryEventLog } from './testing/in-memory-event-log.ts';
import { verifyChain } from './verify-chain.ts';

const position = (number: number): string => String(number).padStart(16, '0');

describe('verifyChain', () => {
  it('finds a log whole and gives a digest that stays the same for a prefix', async () => {
    const log = new InMemoryEventLog();
    expect(await verifyChain(log)).toMatchObject({ events: 0, streams: 0, upTo: undefined });
    await log.append('bay-1', someEvents(2), 'none');
    await log.append('bay-2', someEvents(1), 'none');
    const first = await verifyChain(log);
    expect(first).toEqual({ events: 3, streams: 2, upTo: position(3), digest: expect.stringMatching(/^[0-9a-f]{64}$/u) });
    await log.append('bay-1', someEvents(2), 1);
    expect(await verifyChain(log, { upTo: first.upTo! })).toEqual(first);
    expect((await verifyChain(log)).digest).not.toBe(first.digest);
  });

  describe('of a file somebody changed', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'jeroboam-verify-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it.each([
      ['data', `UPDATE event SET body = replace(body, '"index":1', '"index":9') WHERE position = 5`, 5, 'hash does not match'],
      ['the time of recording', `UPDATE event SET body = replace(body, '"recordedAt":"2', '"recordedAt":"1') WHERE position = 1`, 1, 'hash does not match'],
      ['a hash', `UPDATE event SET hash = zeroblob(32) WHERE position = 2`, 2, 'hash does not match'],
      ['the stored text beyond repair', `UPDATE event SET body = 'gone' WHERE position = 6`, 6, 'damaged'],
      ['a link', `UPDATE event SET body = replace(body, '{"prevHash":"0', '{"prevHash":"1') WHERE position = 4`, 4, 'link to the event before is broken'],
      ['the presence of an event', 'DELETE FROM event WHERE position = 5', 6, 'revision is not the next one'],
      ['the order', 'UPDATE event SET position = 100 WHERE position = 2', 3, 'revision is not the next one'],
    ])('names the first bad position when %s was changed', async (_case, sql, bad, reason) => {
      const path = join(folder, 'events.db');
      const log = await openSqliteEventLog({ path });
      for (const stream of ['bay-1', 'bay-2']) await log.append(stream, someEvents(3), 'none');
      tamper(path, sql);
      const report = await verifyChain(log);
      expect(report).toMatchObject({ broken: { position: position(bad), reason } });
      await log.close();
    });
  });
});

function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec('DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_deleted');
  expect(database.prepare(sql).run().changes).toBe(1);
  database.close();
}
