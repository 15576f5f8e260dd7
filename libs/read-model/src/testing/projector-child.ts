// A process of its own that projects a log of `argv[3]` events into the read model at `argv[2]` and ends.
import { InMemoryEventLog, anEvent } from '@jeroboam/event-log/testing';
import { runProjections } from '../projector/run-projections.ts';
import { openSqliteReadModel } from '../sqlite/sqlite-read-model.ts';
import { sampleProjection } from './sample-projection.ts';

const [, , path, count] = process.argv;
const log = new InMemoryEventLog();
// The same in every process that asks for as many: event i is in stream i modulo 10, at position i + 1.
for (let index = 0; index < Number(count); index += 1) {
  await log.append(`bay-${index % 10}`, [anEvent({ type: 'Counted', data: {} })], 'any');
}

const readModel = await openSqliteReadModel({ path: path! });
const projector = runProjections({ log, readModel, projections: [sampleProjection()], batchSize: 2 });
await projector.caughtUp();
await projector.stop();
await readModel.close();
