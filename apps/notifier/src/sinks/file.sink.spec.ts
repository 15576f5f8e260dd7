import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sinkContract, someMessages } from '../testing/sink.contract.ts';
import { FileSink } from './file.sink.ts';

const folders: string[] = [];
function aPath(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'file-sink-')));
  return join(folders.at(-1)!, 'out', 'notifications.jsonl');
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

sinkContract('FileSink', async () => {
  const path = aPath();
  return {
    sink: new FileSink(path),
    kept: async () => linesOf(path),
    async breakDown() {
      renameSync(path, `${path}.away`);
      mkdirSync(path);
    },
    async restore() {
      rmSync(path, { recursive: true });
      renameSync(`${path}.away`, path);
    },
    close: async () => undefined,
  };
});

describe('FileSink', () => {
  it('cuts off what a crash has left of a line, which comes again', async () => {
    const path = aPath();
    const [first, torn] = [someMessages(1), someMessages(1)];
    const before = new FileSink(path);
    await before.publish(first);
    await before.close();
    appendFileSync(path, torn[0]!.text.slice(0, 40));
    const after = new FileSink(path);
    await after.publish(torn);
    await after.close();
    expect(linesOf(path)).toEqual([first[0]!.text, torn[0]!.text]);
  });
  it('begins a new file when the old one was moved away', async () => {
    const path = aPath();
    const [first, second] = [someMessages(1), someMessages(1)];
    const sink = new FileSink(path);
    await sink.publish(first);
    renameSync(path, `${path}.1`);
    await sink.publish(second);
    await sink.close();
    expect([linesOf(`${path}.1`), linesOf(path)]).toEqual([[first[0]!.text], [second[0]!.text]]);
  });
});
