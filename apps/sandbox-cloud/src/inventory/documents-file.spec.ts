import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openDocuments } from './documents-file.ts';

const HELD_MS = 100;
/** Has the file to itself until it has waited. */
const HOLDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(workerData.path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM documents; COMMIT');
  parentPort.postMessage('held');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.heldMs);
  database.close();
`;

it('waits for whoever has the file to itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-documents-'));
  const path = join(folder, 'sandbox.sqlite');
  openDocuments(path).close();
  const holder = new Worker(HOLDER, { eval: true, workerData: { path, heldMs: HELD_MS } });
  const ended = once(holder, 'exit');
  await once(holder, 'message');
  openDocuments(path).close();
  await ended;
  rmSync(folder, { recursive: true });
});
