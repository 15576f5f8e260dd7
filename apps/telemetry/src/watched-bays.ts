import { bayDecider } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BayState, BayStatus, BayView, LiveBay } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';

/** In these a bay has an API to ask. One that is being deleted, or could not be made, is asked nothing. */
export const WATCHED_STATUSES: readonly BayStatus[] = ['CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_FAILED'];
/** More than this and streams are read from their beginning again. */
const CACHED_BAYS = 20_000;

/** Bays as their own streams say, so that nothing that is behind decides who is asked what. */
export class WatchedBays {
  readonly #bays: Aggregates<BayState, BayCommand, BayEvent>;

  constructor(log: EventLog, clock: Clock) {
    this.#bays = new Aggregates({ log, decider: bayDecider, category: 'bay', now: () => clock.now(), cacheSize: CACHED_BAYS });
  }

  /** Undefined where the bay is not to be watched. @throws when the log cannot be read. */
  async find(bayId: string): Promise<LiveBay | undefined> {
    const { state } = await this.#bays.load(bayId);
    return state.phase === 'live' && WATCHED_STATUSES.includes(state.status) && !hasHealer(state) ? state : undefined;
  }
}

/** Magnum's rule: such a bay's own healer says how it is, through the API. */
function hasHealer({ spec: { labels } }: LiveBay): boolean {
  return labels['auto_healing_enabled']?.toLowerCase() === 'true' && labels['auto_healing_controller'] === 'magnum-auto-healer';
}

export function viewOf({ spec, nodeGroups, nodes, resources, credentials, stackId, apiAddress }: LiveBay): BayView {
  return { spec, nodeGroups, nodes, resources, credentials, stackId, apiAddress };
}
