import type { EventLog } from '@jeroboam/event-log';
import type { Cursor } from './cursor.ts';

/** Events counted at most: an answer of this many means "at least". */
const BOUND = 1_000;

/** Events that a sink has not been told of, and the age of the oldest of them in seconds, measured from outside its feed. */
export async function lagBehind(log: EventLog, cursor: Cursor, now: Date): Promise<{ readonly events: number; readonly seconds: number }> {
  if (((await log.head()) ?? cursor.position) === cursor.position) return { events: 0, seconds: 0 };
  let events = 0;
  let oldest: string | undefined;
  for await (const { recordedAt } of log.readAll({ ...cursor.after(), limit: BOUND })) {
    oldest ??= recordedAt;
    events += 1;
  }
  return { events, seconds: oldest === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(oldest)) / 1_000) };
}
