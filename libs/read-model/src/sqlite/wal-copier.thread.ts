import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// Copies what is in the `-wal` file and nobody reads any more back into the database, for each message. It waits for
// nobody and nobody for it; what is still being read is copied next time.

const database = new DatabaseSync(workerData as string);
database.exec('PRAGMA synchronous = NORMAL');
const copy = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
parentPort!.on('message', () => copy.get());
