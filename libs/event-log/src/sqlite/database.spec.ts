import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aStream, anEvent, someEvents } from '../testing/an-event.ts';
import { collect } from '../testing/contract/store-fixture.ts';
import { connect, pragma } from './database.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

describe('the SQLite file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-database-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made with the folders above it, readable by its owner only', async () => {
    const path = join(folder, 'var', 'lib', 'events.db');
    const log = await openSqliteEventLog({ path });
    await log.append(aStream(), [anEvent()], 'none');
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'var')).mode & 0o777).toBe(0o700);
    await log.close();
    expect([path, `${path}-wal`].map(existsSync)).toEqual([true, false]);
  });

  it('is written with a flush at every commit', async () => {
    const path = join(folder, 'events.db');
    const log = await openSqliteEventLog({ path });
    const connection = connect(path, 1_000);
    expect([pragma(connection, 'journal_mode'), pragma(connection, 'synchronous')]).toEqual(['wal', 2]);
    connection.close();
    await log.close();
  });

  it('is refused when it is something else', async () => {
    const foreign = join(folder, 'foreign.db');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE theirs (id)');
    database.close();
    await expect(openSqliteEventLog({ path: foreign })).rejects.toThrow('is a database, but not an event log');
    const text = join(folder, 'text');
    writeFileSync(text, 'no database at all, but long enough to have a header. '.repeat(20));
    await expect(openSqliteEventLog({ path: text })).rejects.toThrow('not a database');
    for (const path of ['', ':memory:']) await expect(openSqliteEventLog({ path })).rejects.toThrow('needs a file');
  });

  it('is refused when a later version wrote it', async () => {
    const path = join(folder, 'events.db');
    await (await openSqliteEventLog({ path })).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 2');
    database.close();
    await expect(openSqliteEventLog({ path })).rejects.toThrow('has format 2');
  });

  it('lets nobody change or delete an event, not even by hand', async () => {
    const path = join(folder, 'events.db');
    const log = await openSqliteEventLog({ path });
    await log.append(aStream(), [anEvent()], 'none');
    const database = new DatabaseSync(path);
    expect(() => database.exec(`UPDATE event SET body = '{}'`)).toThrow('append-only');
    expect(() => database.exec('DELETE FROM event')).toThrow('append-only');
    database.close();
    await log.close();
  });

  it('makes an append unavailable, not lost, while another process holds it', async () => {
    const path = join(folder, 'events.db');
    const log = await openSqliteEventLog({ path, busyTimeoutMs: 20 });
    const stream = aStream();
    const event = anEvent();
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(log.append(stream, [event], 'none')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await log.head()).toBeUndefined();
    holder.exec('ROLLBACK');
    holder.close();
    await expect(log.append(stream, [event], 'none')).resolves.toMatchObject({ revision: 0 });
    await log.close();
  });

  it('is unavailable when another process holds it longer than the busy time-out while it is opened', async () => {
    const path = join(folder, 'events.db');
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN EXCLUSIVE; CREATE TABLE t (id)');
    await expect(openSqliteEventLog({ path, busyTimeoutMs: 20 })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    holder.close();
  });

  it('filters a long log in windows and finds the few events there are', async () => {
    const log = await openSqliteEventLog({ path: join(folder, 'events.db') });
    const rare = [0, 5, 9].map((batch) => ({ batch, event: anEvent({ type: 'Rare' }) }));
    for (let batch = 0; batch < 10; batch += 1) {
      await log.append('bay-long', someEvents(1_000), 'any');
      const found = rare.find((one) => one.batch === batch);
      if (found) await log.append('bay-rare', [found.event], 'any');
    }
    const positions = (await collect(log.readAll({ types: ['Rare'] }))).map(({ position }) => Number(position));
    expect(positions).toEqual([1_001, 6_002, 10_003]);
    expect(await collect(log.readAll({ types: ['Rare'], after: '0000000000001001', limit: 1 }))).toHaveLength(1);
    expect(await collect(log.readAll({ types: ['Rare', 'BayResized'] }))).toHaveLength(10_003);
    await log.close();
  });
});
