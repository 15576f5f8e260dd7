import { randomUUID } from 'node:crypto';
import type { EventContext, RecordedEvent } from '@jeroboam/domain';
import { InMemoryEventLog, InMemoryStore } from '@jeroboam/event-log/testing';
import { FakeClock } from '@jeroboam/platform/testing';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { CertificateAuthority } from '../certificate-authority.ts';
import { RsaKeySource } from '../rsa-key-source.ts';

/** The service with a bay nobody has used yet; all of its processes share log, secrets and clock. */
export function aService() {
  const bay = { bayId: randomUUID(), bayName: 'tx1' };
  const store = new InMemoryStore();
  const log = new InMemoryEventLog(store);
  const secrets = new InMemorySecretStore();
  const clock = new FakeClock();
  const events = async (): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const event of log.readStream(`certificates-${bay.bayId}`)) found.push(event);
    return found;
  };
  return {
    bay,
    store,
    log,
    secrets,
    clock,
    events,
    types: async () => (await events()).map(({ type }) => type),
    aProcess: (eventLog = new InMemoryEventLog(store)) =>
      new CertificateAuthority({ eventLog, secrets, clock, keySource: new RsaKeySource(0) }),
  };
}

/** Ann of the project demo asks. */
export function aContext(commandId: string = randomUUID()): EventContext {
  const actor = { userId: 'ann', projectId: 'demo', roles: ['member'] };
  return { actor, requestId: 'req-1', commandId, correlationId: 'cor-1', causationId: null };
}

/** The code of a refusal; what else was thrown; or what came of it, as `{ value }`. */
export function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => (error as { code?: string }).code ?? error,
  );
}
