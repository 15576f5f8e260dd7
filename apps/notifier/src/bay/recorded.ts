import { EVENT_CATALOG } from '@jeroboam/domain';
import type { BayEvent, JeroboamEvent, RecordedEvent } from '@jeroboam/domain';

/** An event of one type (or of several), in the envelope the log keeps it in. */
export type RecordedAs<T extends JeroboamEvent['type']> = T extends unknown ? Omit<RecordedEvent, 'type' | 'schemaVersion' | 'data'> & Extract<JeroboamEvent, { type: T }> : never;

export type Recorded = RecordedAs<JeroboamEvent['type']>;
export type RecordedBayEvent = RecordedAs<BayEvent['type']>;

/** Whether this program knows the event: its type, in the version that it reads. */
export function isKnown(event: RecordedEvent): event is Recorded {
  return (EVENT_CATALOG as Readonly<Record<string, number>>)[event.type] === event.schemaVersion;
}
