export interface SentEvent {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of server-sent events that hands out what it was sent, block by block. */
export class SseReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  constructor(response: Response) {
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next block, without the empty line after it; undefined at the end. */
  async block(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** The next `count` events; comments and heartbeats are passed over. */
  async events(count: number): Promise<SentEvent[]> {
    const events: SentEvent[] = [];
    while (events.length < count) {
      const block = await this.block();
      if (block === undefined) throw new Error(`the stream ended after ${events.length} of ${count} events`);
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data = fields.get('data');
      if (data === undefined) continue;
      events.push({ type: fields.get('event')!, id: fields.get('id')!, data: JSON.parse(data) as SentEvent['data'] });
    }
    return events;
  }

  /** Goes away. */
  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}
