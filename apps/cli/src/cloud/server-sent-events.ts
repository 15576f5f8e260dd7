export interface ServerSentEvent {
  /** Place to resume from; empty before the first. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Longest line that is kept in memory, in characters; an event of ours has some thousands. */
const MAX_LINE = 8_388_608;

/**
 * Reads a stream of server-sent events (WHATWG HTML, section 9.2.6). Blocks without data, heartbeats for instance, come
 * out with `data` empty: they may have moved the id.
 */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      yield { id, event: event || 'message', data: data.join('\n') };
      event = '';
      data = [];
      continue;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (field === 'id' && !value!.includes('\0')) id = value!;
    if (field === 'event') event = value!;
    if (field === 'data') data.push(value!);
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be half of a line end.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\r|\n/);
    rest = lines.pop()! + text.slice(end);
    if (rest.length > MAX_LINE) throw new Error('the service sends a line without an end');
    yield* lines;
  }
}
