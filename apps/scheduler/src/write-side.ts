import { bayDecider, bayModelDecider, derivedId, operationsDecider, quotaDecider } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BayModelCommand, BayModelEvent, BayModelState, BayState, EventContext, OperationCommand, OperationEvent, OperationsState, QuotaCommand, QuotaEvent, QuotaState, RecordedEvent } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';

/** The aggregates whose streams the scheduler, and nobody else, writes. */
export interface WriteSide {
  readonly bays: Aggregates<BayState, BayCommand, BayEvent>;
  readonly bayModels: Aggregates<BayModelState, BayModelCommand, BayModelEvent>;
  readonly quotas: Aggregates<QuotaState, QuotaCommand, QuotaEvent>;
  readonly operations: Aggregates<OperationsState, OperationCommand, OperationEvent>;
}

export function writeSide(log: EventLog, clock: Clock): WriteSide {
  const now = () => clock.now();
  return {
    bays: new Aggregates({ log, now, decider: bayDecider, category: 'bay' }),
    bayModels: new Aggregates({ log, now, decider: bayModelDecider, category: 'baymodel' }),
    quotas: new Aggregates({ log, now, decider: quotaDecider, category: 'quota' }),
    operations: new Aggregates({ log, now, decider: operationsDecider, category: 'operations' }),
  };
}

/**
 * The context of what follows from an event: on behalf of the same actor, in the same correlation, with a command id
 * derived from the event's, so that handling the event again repeats nothing.
 */
export function following(event: RecordedEvent, purpose: string): EventContext {
  const { actor, requestId, correlationId, driver, templateVersion } = event;
  return { actor, requestId, correlationId, commandId: derivedId(event.eventId, purpose), causationId: event.eventId, ...(driver ? { driver } : {}), ...(templateVersion ? { templateVersion } : {}) };
}
