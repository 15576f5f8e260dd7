import fc from 'fast-check';
import { readServerSentEvents } from './server-sent-events.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) yield bytes.subarray(at, (at += size));
  yield bytes.subarray(at);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const read = (text: string, sizes: readonly number[] = []) => all(readServerSentEvents(chunksOf(Buffer.from(text), sizes)));

describe('readServerSentEvents', () => {
  it('reads type, id and data, and keeps the id for blocks without one', async () => {
    expect(await read(': hello\n\nid: 7\nevent: NodeJoined\ndata: {"a":\ndata: 1}\n\nretry: 5\n\ndata:x\n\n')).toEqual([
      { id: '', event: 'message', data: '' },
      { id: '7', event: 'NodeJoined', data: '{"a":\n1}' },
      { id: '7', event: 'message', data: '' },
      { id: '7', event: 'message', data: 'x' },
    ]);
  });

  it('takes an unfinished block at the end for none', async () => {
    expect(await read('id: 1\ndata: a\n\nid: 2\ndata: b')).toEqual([{ id: '1', event: 'message', data: 'a' }]);
  });

  it('reads the same however the bytes arrive and whatever ends the lines', async () => {
    const text = 'id: 1\nevent: e\ndata: grüße ✓\n\n: still here\nid: 2\n\n';
    const expected = await read(text);
    await fc.assert(fc.asyncProperty(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat({ max: 9 })), async (end, sizes) => {
      expect(await read(text.replaceAll('\n', end) + (end === '\r' ? ':' : ''), sizes)).toEqual(expected);
    }));
  });

  it('refuses a line without an end instead of filling the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1_048_576, 'x');
    }
    await expect(all(readServerSentEvents(endless()))).rejects.toThrow('a line without an end');
  });
});
