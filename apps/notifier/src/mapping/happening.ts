import type { BayModelSpec } from '@jeroboam/domain';
import type { BayRecord } from '../bay/bay-record.ts';
import type { Recorded } from '../bay/recorded.ts';

/** An event with what there is to say around it. */
export interface Happening<E extends Recorded = Recorded> {
  readonly event: E;
  /** The bay it is about as it was before; undefined at its creation, and for what is about no bay. */
  readonly before: BayRecord | undefined;
  /** The same after it. */
  readonly after: BayRecord | undefined;
  /** The bay model it is about; a deleted one as it was last. */
  readonly bayModel: BayModelSpec | undefined;
}

/** What must be there and is not: the log does not hold together, and nobody can say more about the event. */
export class NothingToTell extends Error {
  constructor(event: { readonly type: string; readonly stream: string; readonly revision: number }, what: string) {
    super(`${event.type} at revision ${event.revision} of ${event.stream} is about ${what} that nothing is known of`);
    this.name = 'NothingToTell';
  }
}
