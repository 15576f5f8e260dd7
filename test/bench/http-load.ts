import { connect } from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

export interface HttpLoad {
  readonly port: number;
  /** Whole requests as they go over the wire; taken in turn. Their answers must have one length. */
  readonly requests: readonly string[];
  /** Each with one request under way at a time. */
  readonly connections: number;
  readonly durationMs: number;
}

/**
 * Requests per second of a server on 127.0.0.1, asked from a thread of its own over kept-alive connections. Counts
 * bytes instead of reading answers, so that the asking side costs little of what is measured.
 */
export function requestsPerSecond(load: HttpLoad): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: load });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function generate({ port, requests, connections, durationMs }: HttpLoad): Promise<number> {
  const length = await answerLength(port, requests[0]!);
  const end = performance.now() + durationMs;
  const start = performance.now();
  const counts = await Promise.all(Array.from({ length: connections }, (_, index) => askUntil(end, port, requests, index, length)));
  return (counts.reduce((sum, count) => sum + count, 0) * 1_000) / (performance.now() - start);
}

/** Length of the first answer, which must be a good one and say how long it is. */
function answerLength(port: number, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setEncoding('latin1').on('error', reject).on('data', (chunk: string) => {
      text += chunk;
      const head = text.indexOf('\r\n\r\n');
      const body = /content-length: (\d+)/i.exec(text)?.[1];
      if (head === -1 || body === undefined) return;
      socket.destroy();
      if (text.startsWith('HTTP/1.1 200 ')) resolve(head + 4 + Number(body));
      else reject(new Error(`the server answers ${text.slice(0, 200)}`));
    });
  });
}

function askUntil(end: number, port: number, requests: readonly string[], first: number, length: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let [count, received, next] = [0, 0, first];
    const ask = () => socket.write(requests[next++ % requests.length]!);
    const socket = connect(port, '127.0.0.1', ask);
    socket.setNoDelay().on('error', reject).on('data', (chunk) => {
      received += chunk.length;
      if (received < length) return;
      if (received > length) {
        reject(new Error(`an answer of ${received} bytes among answers of ${length}`));
        return;
      }
      received = 0;
      count += 1;
      if (performance.now() < end) ask();
      else socket.end(() => resolve(count));
    });
  });
}

if (!isMainThread && workerData !== null) parentPort?.postMessage(await generate(workerData as HttpLoad));
