import type { Position } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import type { Projection, ReadModel } from '../read-model.port.ts';
import { parkedCollection } from './parked-stream.ts';

/** Events counted at most: an answer of this many means "at least". */
const LAG_EVENTS_BOUND = 1_000;

export interface ProjectionLag {
  readonly projection: string;
  /** The checkpoint; undefined before the first commit. */
  readonly lastPosition: Position | undefined;
  /** Events of its categories that it has not projected yet, counted up to 1,000. */
  readonly lagEvents: number;
  /** Age of the oldest of them since the log took it, in seconds; 0 when there is none. */
  readonly lagSeconds: number;
  /** Streams that wait for an operator. Any is a reason for an alarm. */
  readonly parked: number;
}

/** Measures from outside, so that a projector which hangs is seen to hang. Its collections must have been declared. */
export async function measureLag(
  log: EventLog, readModel: ReadModel, { name, categories }: Projection, now: () => Date,
): Promise<ProjectionLag> {
  const head = await log.head();
  const lastPosition = await readModel.checkpoint(name);
  const parked = await readModel.count(parkedCollection(name));
  let lagEvents = 0;
  let oldest: string | undefined;
  if (head !== undefined && (lastPosition === undefined || lastPosition < head)) {
    for await (const { recordedAt } of log.readAll({ after: lastPosition, categories, limit: LAG_EVENTS_BOUND })) {
      oldest ??= recordedAt;
      lagEvents += 1;
    }
  }
  const lagSeconds = oldest === undefined ? 0 : Math.max(0, (now().getTime() - Date.parse(oldest)) / 1_000);
  return { projection: name, lastPosition, lagEvents, lagSeconds, parked };
}
