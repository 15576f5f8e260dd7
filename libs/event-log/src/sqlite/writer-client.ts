import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { NewEvent } from '@jeroboam/domain';
import { categoryOf } from '@jeroboam/domain';
import { tooLarge } from '../appendable.ts';
import { LogUnavailable, RevisionConflict } from '../errors.ts';
import type { Appended, Expected } from '../event-log.port.ts';
import { positionOf } from '../position.ts';
import { writerText } from '../stored-event.ts';
import { DirectWriter } from './direct-writer.ts';
import { LoneAppends } from './lone-appends.ts';
import { NUMBERS_PER_ANSWER, OUTCOME, flatten } from './writer-protocol.ts';
import type { Answers, AppendRequest, Failure, FromWriter, ToWriter, WriterThreadData } from './writer-protocol.ts';

/** Appends waiting for an answer; beyond, an append is turned away at once. */
const MAX_PENDING = 10_000;
const APPENDS_PER_MESSAGE = 16;
/** Characters of one append: what one row or one commit may cost. */
const MAX_APPEND_CHARACTERS = 16 * 1024 * 1024;
/** Characters waiting for an answer: what the queue may take of the memory. */
const MAX_PENDING_CHARACTERS = 64 * 1024 * 1024;

// The thread's own file: a source when this is one (types are stripped by Node), otherwise the compiled one.
const THREAD_FILE = new URL(`./writer-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

export type StartThread = (data: WriterThreadData) => Worker;

/** The memory bounds make a runaway thread end, which is noticed, instead of the process. */
export const startWriterThread: StartThread = (data) =>
  new Worker(THREAD_FILE, {
    workerData: data,
    transferList: [data.port],
    execArgv: [],
    name: 'event-log-writer',
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
  });

interface Pending {
  readonly stream: string;
  readonly expected: Expected;
  readonly characters: number;
  readonly timeoutMs: number;
  /** Runs once the thread has it: what is committed here cannot be waited for. */
  timer?: NodeJS.Timeout;
  resolve(appended: Appended): void;
  reject(error: Error): void;
}

/** One running writer thread and the way to it. */
interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly counter: Int32Array;
  readonly exited: Promise<void>;
}

/** An append that is alone with the writer thread, by what the clock and the event loop's idle time were when it was sent. */
interface LoneWait {
  readonly id: number;
  readonly sentAt: number;
  readonly idleBefore: number;
}

/**
 * The main thread's side of the writer thread: sends appends, gives up on time, and starts a new thread when one died.
 * Appends that come alone it may commit itself, see `LoneAppends`.
 */
export class WriterClient {
  readonly #pending = new Map<number, Pending>();
  #outbox: AppendRequest[] = [];
  #pendingCharacters = 0;
  #lastId = 0;
  #thread: Thread | undefined;
  #loneWait: LoneWait | undefined;
  readonly #direct: DirectWriter;

  constructor(
    private readonly target: { readonly path: string; readonly busyTimeoutMs: number },
    /** Told of the categories of what was appended. */
    private readonly onAppended: (categories: ReadonlySet<string>) => void,
    private readonly startThread: StartThread = startWriterThread,
    private readonly lone = new LoneAppends(),
  ) {
    this.#direct = new DirectWriter(target.path);
  }

  append(stream: string, events: readonly NewEvent[], expected: Expected, timeoutMs: number): Promise<Appended> {
    const request = this.#requestOf(stream, events, expected);
    const characters = request.events.reduce((sum, text) => sum + text.length, 0);
    if (characters > MAX_APPEND_CHARACTERS) return Promise.reject(tooLarge(stream, characters, MAX_APPEND_CHARACTERS, 'characters'));
    if (this.#pending.size >= MAX_PENDING || this.#pendingCharacters + characters > MAX_PENDING_CHARACTERS) {
      return Promise.reject(new LogUnavailable(`${this.#pending.size} appends are waiting already`));
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { stream, expected, characters, timeoutMs, resolve, reject });
      this.#pendingCharacters += characters;
      this.#send(request);
    });
  }

  /** Waits until everything sent is answered and the thread has let go of the file. */
  async close(): Promise<void> {
    this.#flush();
    this.#direct.close();
    const thread = this.#thread;
    if (!thread) return;
    thread.worker.ref();
    thread.port.postMessage('close');
    this.#ring(thread);
    await thread.exited;
  }

  #requestOf(stream: string, events: readonly NewEvent[], expected: Expected): AppendRequest {
    this.#lastId += 1;
    const fields = events.flatMap((event) => [event.eventId, event.type, writerText(event)]);
    return { id: this.#lastId, stream, category: categoryOf(stream), expected, events: fields };
  }

  #send(request: AppendRequest): void {
    this.#outbox.push(request);
    if (this.#pending.size === 1) this.#sendAlone(request);
    // What is appended before the event loop turns goes over together, but the thread is not left idle meanwhile.
    else if (this.#outbox.length >= APPENDS_PER_MESSAGE) this.#flush();
    else if (this.#outbox.length === 1) process.nextTick(() => this.#flush());
  }

  #sendAlone({ id }: AppendRequest): void {
    const sentAt = performance.now();
    // Once in a turn of the event loop: a writer that never pauses must not keep it from turning.
    if (!this.lone.areCommittedHere()) {
      this.#loneWait = { id, sentAt, idleBefore: performance.eventLoopUtilization().idle };
      this.#flush();
    } else if (this.lone.isCheckpointDue()) {
      this.#limit(id);
      this.#tell('checkpoint');
    } else setImmediate(() => this.#commitHere(sentAt));
  }

  #commitHere(sentAt: number): void {
    const [request, another] = this.#outbox;
    const begun = performance.now();
    const message = request && !another ? this.#committed(request) : undefined;
    if (!message) {
      this.lone.wereInTheWay();
      this.#flush();
      return;
    }
    this.#outbox = [];
    this.lone.committed(performance.now() - begun, begun - sentAt);
    this.#receive(message);
  }

  /** Undefined while another connection is writing. */
  #committed(request: AppendRequest): FromWriter | undefined {
    try {
      return this.#direct.commit(request);
    } catch (error) {
      return { failed: [request.id], reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    for (const { id } of this.#outbox) this.#limit(id);
    this.#tell(flatten(this.#outbox));
    this.#outbox = [];
  }

  #tell(message: ToWriter): void {
    this.#thread ??= this.#start();
    this.#thread.port.ref();
    this.#thread.port.postMessage(message);
    this.#ring(this.#thread);
  }

  #ring({ counter }: Thread): void {
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  }

  #start(): Thread {
    const sent = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: FromWriter) => this.#receive(message));
    const worker = this.startThread({ ...this.target, sent, port: port2 });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        // Its last answers may still lie in the port.
        for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1)) this.#receive(last.message as FromWriter);
        port1.close();
        this.#threadEnded(cause);
        resolve();
      });
    });
    // An idle log keeps no process alive.
    worker.unref();
    return { worker, port: port1, counter: new Int32Array(sent), exited };
  }

  #receive(message: FromWriter): void {
    if ('failed' in message) this.#fail(message);
    else if (message.length === 0) this.#checkpointed();
    else this.#settle(message);
    if (this.#pending.size === 0) this.#thread?.port.unref();
  }

  /** The append for which the checkpoint was due waits still, unless more came and took it along. */
  #checkpointed(): void {
    this.lone.checkpointed();
    this.#commitHere(performance.now());
  }

  #settle(answers: Answers): void {
    const appended = new Set<string>();
    const settle: (() => void)[] = [];
    this.#noteWait(answers[0]);
    for (let at = 0; at < answers.length; at += NUMBERS_PER_ANSWER) {
      const pending = this.#take(answers[at]!);
      if (!pending) continue;
      const [outcome, revision, position] = [answers[at + 1]!, answers[at + 2]!, answers[at + 3]!];
      if (outcome === OUTCOME.appended) appended.add(categoryOf(pending.stream));
      if (outcome !== OUTCOME.conflict) {
        settle.push(() => pending.resolve({ revision, position: positionOf(position), wereThere: outcome === OUTCOME.wereThere }));
      } else settle.push(() => pending.reject(new RevisionConflict(pending.stream, pending.expected, revision === -1 ? 'none' : revision)));
    }
    inPortions(settle);
    if (appended.size > 0) this.onAppended(appended);
  }

  /** What the event loop did while it waited for one that was sent alone. */
  #noteWait(answered: number | undefined): void {
    const wait = this.#loneWait;
    this.#loneWait = undefined;
    if (!wait || wait.id !== answered) return;
    if (this.#pending.size > 1) this.lone.wereInTheWay();
    else this.lone.waited(performance.now() - wait.sentAt, performance.eventLoopUtilization().idle - wait.idleBefore);
  }

  #fail({ failed, reason }: Failure): void {
    for (const id of failed) this.#take(id)?.reject(new LogUnavailable(reason));
  }

  #limit(id: number): void {
    const pending = this.#pending.get(id);
    if (pending) pending.timer ??= setTimeout(() => this.#giveUp(id, pending.timeoutMs), pending.timeoutMs);
  }

  #giveUp(id: number, timeoutMs: number): void {
    this.#take(id)?.reject(new LogUnavailable(`no answer within ${timeoutMs} ms`));
  }

  #threadEnded(cause: unknown): void {
    this.#thread = undefined;
    this.#outbox = [];
    // The answers may be lost although the writing was done: the outcome is unknown.
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(new LogUnavailable('its writer thread ended', { cause }));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    this.#pendingCharacters -= pending.characters;
    return pending;
  }
}

/**
 * Settles a portion, lets those who waited for it run (and append again), then settles the next: the thread has work
 * again while most are still being told.
 */
function inPortions(settle: readonly (() => void)[]): void {
  for (const one of settle.slice(0, APPENDS_PER_MESSAGE)) one();
  const rest = settle.slice(APPENDS_PER_MESSAGE);
  // From a microtask, the next tick comes when no microtask is left.
  if (rest.length > 0) queueMicrotask(() => process.nextTick(() => inPortions(rest)));
}
