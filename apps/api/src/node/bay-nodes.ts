import { bayDecider } from '@jeroboam/domain';
import type { BayEvent, BayState, LiveBay, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';

/** A bay as its events have it, and by which of them each of its nodes joined. */
export interface BayNodes {
  readonly bay: LiveBay;
  /** By the name of the node. */
  readonly joinedBy: ReadonlyMap<string, RecordedEvent>;
}

/**
 * Read from the log and not from a document: who asks for nodes one by one wants to know where each came from, and asks
 * rarely.
 * @returns undefined for a bay that is not there, or not any more.
 */
export async function readBayNodes(log: Pick<EventLog, 'readStream'>, bayId: string): Promise<BayNodes | undefined> {
  let state: BayState = bayDecider.initialState();
  const joinedBy = new Map<string, RecordedEvent>();
  for await (const recorded of log.readStream(`bay-${bayId}`)) {
    const event = recorded as RecordedEvent & BayEvent;
    state = bayDecider.evolve(state, event);
    // One that joins again has another address; it came when it came first.
    if (event.type === 'NodeJoined' && !joinedBy.has(event.data.node.name)) joinedBy.set(event.data.node.name, event);
    if (event.type === 'NodeRemoved') joinedBy.delete(event.data.name);
  }
  return state.phase === 'live' ? { bay: state, joinedBy } : undefined;
}
