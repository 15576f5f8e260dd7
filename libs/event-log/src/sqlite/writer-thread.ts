import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { connect } from './database.ts';
import { LogWriter } from './log-writer.ts';
import { unflatten } from './writer-protocol.ts';
import type { AppendRequest, FromWriter, ToWriter, WriterThreadData } from './writer-protocol.ts';

// The thread all appends of this process go through, so that waiting for the disk stops nobody else. It takes what
// arrived while the last commit ran, and what arrives while it writes that, and flushes once: with n writers waiting,
// one flush serves n appends.

/** Appends in one commit: more would gain little and make the first one wait. */
const MAX_APPENDS_PER_COMMIT = 512;

const { path, busyTimeoutMs, sent, port } = workerData as WriterThreadData;
const counter = new Int32Array(sent);
const queue: AppendRequest[] = [];
let closing = false;

function receiveAll(): void {
  for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
    const message = received.message as ToWriter;
    if (message === 'close') closing = true;
    else if (message === 'checkpoint') checkpoint();
    else queue.push(...unflatten(message));
  }
}

function answer(message: FromWriter): void {
  port.postMessage(message, message instanceof Float64Array ? [message.buffer] : []);
}

/** Copies what others committed past this thread; where that cannot be done now, a commit does it later. */
function checkpoint(): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    answer(new Float64Array());
  }
}

function commitNext(writer: LogWriter): void {
  const taken: AppendRequest[] = [];
  try {
    const answers = writer.commit(() => {
      receiveAll();
      const requests = queue.splice(0, MAX_APPENDS_PER_COMMIT - taken.length);
      taken.push(...requests);
      return requests;
    });
    answer(answers);
  } catch (error) {
    // Another process held the file too long: nobody was taken yet, and nobody should wait for that again.
    if (taken.length === 0) taken.push(...queue.splice(0));
    answer({ failed: taken.map(({ id }) => id), reason: error instanceof Error ? error.message : String(error) });
  }
}

const database = connect(path, busyTimeoutMs);
// Fewer checkpoints than by default (1,000 pages): pages written again and again are copied once.
database.exec('PRAGMA wal_autocheckpoint = 4000');
const writer = new LogWriter(database);
while (!closing || queue.length > 0) {
  const seen = Atomics.load(counter, 0);
  receiveAll();
  if (queue.length > 0) commitNext(writer);
  else if (!closing) Atomics.wait(counter, 0, seen);
}
database.close();
