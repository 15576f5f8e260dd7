import { mkdirSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Message } from '../message/notification.ts';
import { SinkUnavailable, unavailable } from './sink.port.ts';
import type { Sink } from './sink.port.ts';

/** How far back the end of a torn line is looked for. */
const TAIL_BYTES = 1 << 20;

/**
 * Lines of JSON, one notification each, on the disk before the cursor moves. A file that was moved away (logrotate) is
 * begun anew. What a crash left of a line is cut off: it was not confirmed and comes again.
 */
export class FileSink implements Sink {
  readonly name = 'file';
  #file: { readonly handle: FileHandle; readonly inode: number } | undefined;
  #closed = false;

  constructor(private readonly path: string) {}

  async publish(messages: readonly Message[]): Promise<void> {
    if (this.#closed) throw new SinkUnavailable(this.name, 'it was closed');
    try {
      const { handle } = await this.#opened();
      await handle.appendFile(messages.map(({ text }) => `${text}\n`).join(''));
      await handle.datasync();
    } catch (error) {
      await this.#letGo();
      throw unavailable(this.name, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#letGo();
  }

  async #opened(): Promise<{ readonly handle: FileHandle }> {
    const inode = await stat(this.path).then((found) => found.ino, () => undefined);
    if (this.#file && this.#file.inode === inode) return this.#file;
    await this.#letGo();
    mkdirSync(dirname(this.path), { recursive: true });
    const handle = await open(this.path, 'a+', 0o640);
    await cutTornLine(handle);
    this.#file = { handle, inode: (await handle.stat()).ino };
    return this.#file;
  }

  async #letGo(): Promise<void> {
    const { handle } = this.#file ?? {};
    this.#file = undefined;
    // A disk that is gone cannot be closed in order either.
    await handle?.close().catch(() => undefined);
  }
}

async function cutTornLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const from = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - from);
  await handle.read(tail, 0, tail.length, from);
  const end = tail.lastIndexOf('\n') + 1;
  if (end < tail.length) await handle.truncate(from + end);
}
