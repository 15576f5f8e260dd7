import { certificateDecider, derivedId } from '@jeroboam/domain';
import type { CertificateCommand, CertificateEvent, CertificateState, EventContext } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';

/** The streams that this service, and nobody else, writes. */
export type Certificates = Aggregates<CertificateState, CertificateCommand, CertificateEvent>;

export function openCertificates(log: EventLog, clock: Clock): Certificates {
  return new Aggregates({ log, decider: certificateDecider, category: 'certificates', now: () => clock.now() });
}

/** One of the several things a message leads to: with a command id of its own, as the log writes each once. */
export function partOf(context: EventContext, what: string): EventContext {
  return { ...context, commandId: derivedId(context.commandId, what), causationId: context.commandId };
}
