import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteEventLog } from '@jeroboam/event-log';

// A process that appends to the log at argv[2] with some writers side by side and prints the id of every event whose
// append was acknowledged, until it is killed or, given argv[3], until that many are acknowledged.

const WRITERS = 8;
const [path, count = 'Infinity'] = process.argv.slice(2);
const log = await openSqliteEventLog({ path: path! });
let left = Number(count);

async function write(): Promise<void> {
  const stream = `bay-${randomUUID()}`;
  while (left > 0) {
    const events = left % 2 === 0 ? [anEvent(), anEvent()] : [anEvent()];
    left -= events.length;
    await log.append(stream, events, 'any', { timeoutMs: 60_000 });
    // Synchronous: what is printed was acknowledged, and what was acknowledged before the kill is printed but for the last.
    writeSync(1, events.map(({ eventId }) => `${eventId}\n`).join(''));
  }
}

function anEvent() {
  const commandId = randomUUID();
  const actor = { userId: 'user-1', projectId: 'project-1', roles: [] };
  return {
    eventId: randomUUID(), type: 'BayResized', schemaVersion: 1, data: { nodeCount: 3 }, occurredAt: new Date().toISOString(),
    actor, requestId: 'req-1', commandId, correlationId: commandId, causationId: null,
  };
}

await Promise.all(Array.from({ length: WRITERS }, write));
await log.close();
