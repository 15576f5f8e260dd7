import type { RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '../../event-log.port.ts';

/** One store of an adapter (a file, a stream on a server), fresh for each test. */
export interface EventLogHarness {
  /** Another instance on the same store, as another process would have one. */
  open(): Promise<EventLog>;
  /** Throws the store away; every instance has been closed. */
  remove(): Promise<void>;
}

export type OpenHarness = () => Promise<EventLogHarness>;

export interface StoreFixture {
  /** The first instance on this test's store. */
  readonly log: EventLog;
  another(): Promise<EventLog>;
}

/** Gives each test of the enclosing `describe` a store of its own and cleans up behind it. */
export function useStore(openHarness: OpenHarness): StoreFixture {
  let harness: EventLogHarness | undefined;
  const logs: EventLog[] = [];
  const another = async (): Promise<EventLog> => {
    const log = await harness!.open();
    logs.push(log);
    return log;
  };
  beforeEach(async () => {
    harness = await openHarness();
    await another();
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await harness?.remove();
    harness = undefined;
  });
  return {
    get log() {
      return logs[0]!;
    },
    another,
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export const idsOf = (events: readonly { readonly eventId: string }[]): string[] => events.map(({ eventId }) => eventId);

export const positionsOf = (events: readonly RecordedEvent[]): string[] => events.map(({ position }) => position);
