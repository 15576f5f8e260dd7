import { parentPort, workerData } from 'node:worker_threads';
import { openDocuments } from './documents-file.ts';

/** Rows as `collection, id, document`, one after the other; null deletes. Each message is one transaction, and is answered. */
type Rows = readonly (string | null)[];

const database = openDocuments(workerData as string);
const put = database.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?)');
const remove = database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');

parentPort!.on('message', (rows: Rows) => {
  database.exec('BEGIN');
  for (let index = 0; index < rows.length; index += 3) {
    const [collection, id, document] = [rows[index]!, rows[index + 1]!, rows[index + 2]!];
    if (document === null) remove.run(collection, id);
    else put.run(collection, id, document);
  }
  database.exec('COMMIT');
  parentPort!.postMessage('written');
});
