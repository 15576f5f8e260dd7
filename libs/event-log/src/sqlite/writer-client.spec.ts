import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { aStream, anEvent, someEvents } from '../testing/an-event.ts';
import { connect, prepareFile } from './database.ts';
import { LoneAppends } from './lone-appends.ts';
import { WriterClient, startWriterThread } from './writer-client.ts';
import type { StartThread } from './writer-client.ts';

/** A thread that runs `code` once it has been sent something. */
const threadThat = (code: string): StartThread => (data) =>
  new Worker(`const { port } = require('node:worker_threads').workerData; port.once('message', () => { ${code} });`, {
    eval: true, workerData: data, transferList: [data.port], stderr: true,
  });

class AlwaysHere extends LoneAppends {
  override areCommittedHere(): boolean {
    return true;
  }
}

const noThread: StartThread = () => {
  throw new Error('a thread was wanted');
};

describe('WriterClient', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-writer-'));
    path = join(folder, 'events.db');
    prepareFile(path, 1_000);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['throws', `throw new Error('out of luck')`],
    ['ends', 'process.exit(0)'],
  ])('calls appends unknown when its thread %s, and goes on with a new thread', async (_case, code) => {
    const starts: StartThread[] = [threadThat(code), startWriterThread];
    const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined, (data) => starts.shift()!(data));
    const stream = aStream();
    const events = someEvents(3);
    const lost = await Promise.allSettled(events.map((event) => client.append(stream, [event], 'any', 60_000)));
    expect(lost.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(Array(3).fill('LOG_UNAVAILABLE'));
    const retried = await Promise.all(events.map((event) => client.append(stream, [event], 'any', 60_000)));
    expect(retried.map(({ revision }) => revision)).toEqual([0, 1, 2]);
    await client.close();
  });

  it('gives up waiting for a thread that does not answer', async () => {
    const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined, threadThat(`if (true) port.once('message', () => process.exit())`));
    await expect(client.append(aStream(), [anEvent()], 'none', 1)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await client.close();
  });

  it('turns appends away at once when 10,000 are waiting', async () => {
    const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined);
    const stream = aStream();
    const waiting = Promise.all(someEvents(10_000).map((event) => client.append(stream, [event], 'any', 60_000)));
    await expect(client.append(stream, [anEvent()], 'any', 60_000)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect((await waiting).at(-1)).toMatchObject({ revision: 9_999 });
    await expect(client.append(stream, [anEvent()], 'any', 60_000)).resolves.toMatchObject({ revision: 10_000 });
    await client.close();
  });

  it('answers what it was sent before it lets itself be closed', async () => {
    const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined);
    const appended = someEvents(100).map((event) => client.append(aStream(), [event], 'none', 60_000));
    await client.close();
    await expect(Promise.all(appended)).resolves.toHaveLength(100);
  });

  it('takes an append of many megabytes, and calls one beyond 16 a bug', async () => {
    const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined);
    const data = { text: 'x'.repeat(3 * 1024 * 1024) };
    await expect(client.append(aStream(), someEvents(5, { data }), 'none', 60_000)).resolves.toMatchObject({ revision: 4 });
    await expect(client.append(aStream(), someEvents(6, { data }), 'none', 60_000)).rejects.toThrow('more than this log takes at once');
    await client.close();
  });

  describe('where lone appends are committed here', () => {
    it('commits one append after the other without a thread, one in a turn of the event loop', async () => {
      const told: string[] = [];
      const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, (categories) => told.push(...categories), noThread, new AlwaysHere());
      const stream = aStream();
      for (const [revision, event] of someEvents(5).entries()) {
        let loopTurned = false;
        setImmediate(() => {
          loopTurned = true;
        });
        await expect(client.append(stream, [event], revision === 0 ? 'none' : revision - 1, 60_000)).resolves.toMatchObject({ revision });
        expect(loopTurned).toBe(true);
      }
      await expect(client.append(stream, [anEvent()], 'none', 60_000)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      expect(told).toHaveLength(5);
      await client.close();
    });

    it('hands appends that come together to the thread, and goes on from there', async () => {
      const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined, startWriterThread, new AlwaysHere());
      const stream = aStream();
      const together = someEvents(20).map((event) => client.append(stream, [event], 'any', 60_000));
      expect((await Promise.all(together)).map(({ revision }) => revision)).toEqual(Array.from(together.keys()));
      await expect(client.append(stream, [anEvent()], 19, 60_000)).resolves.toMatchObject({ revision: 20 });
      await client.close();
    });

    it('leaves waiting for another connection that is writing to the thread', async () => {
      const other = connect(path, 0);
      other.exec('BEGIN IMMEDIATE');
      const ended = (data: Parameters<StartThread>[0]) => {
        other.exec('ROLLBACK');
        return startWriterThread(data);
      };
      const client = new WriterClient({ path, busyTimeoutMs: 60_000 }, () => undefined, ended, new AlwaysHere());
      await expect(client.append(aStream(), [anEvent()], 'none', 60_000)).resolves.toMatchObject({ revision: 0 });
      await client.close();
      other.close();
    });

    it('lets the file beside the log grow no further than between two checkpoints of the thread', async () => {
      const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined, startWriterThread, new AlwaysHere());
      const stream = aStream();
      const sizes: number[] = [];
      for (const [index, event] of someEvents(6_500).entries()) {
        await client.append(stream, [event], 'any', 60_000);
        if (index === 1_999 || index === 6_499) sizes.push(statSync(`${path}-wal`).size);
      }
      expect(sizes[1]).toBeLessThan(1.5 * sizes[0]!);
      await client.close();
    });

    it('says that the log is unavailable when it cannot be written', async () => {
      const client = new WriterClient({ path: folder, busyTimeoutMs: 1_000 }, () => undefined, noThread, new AlwaysHere());
      await expect(client.append(aStream(), [anEvent()], 'none', 60_000)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await client.close();
    });

    it('does not forget what was asked for just before it was closed', async () => {
      const client = new WriterClient({ path, busyTimeoutMs: 1_000 }, () => undefined, startWriterThread, new AlwaysHere());
      const appended = client.append(aStream(), [anEvent()], 'none', 60_000);
      await client.close();
      await expect(appended).resolves.toMatchObject({ revision: 0 });
    });
  });
});
