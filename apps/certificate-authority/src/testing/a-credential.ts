import { createHash, randomUUID } from 'node:crypto';
import { credentialName, credentialRefs, writeCredential } from '@jeroboam/openstack';
import type { KeptCredential, Purpose } from '@jeroboam/openstack';
import { Secret } from '@jeroboam/platform';
import { aContext } from './a-service.ts';
import type { aService } from './a-service.ts';

type Service = ReturnType<typeof aService>;

export const UNTIL = '2027-02-01T00:00:00.000Z';

/** What templates make of the token of a stack. */
export function shareOf(token: string, role: 'master' | 'worker', node = `k1-${role}-0`): string {
  return `jeroboam-node:${role}:${node}:${createHash('sha256').update(`${role}:${node}:${token}`).digest('hex')}`;
}

/** What driver execution leaves in the log and in the secret store; the credential's name. */
export async function givenCredential(service: Service, purpose: Purpose, generation = 1, kept?: KeptCredential): Promise<string> {
  const { bay: { bayId }, secrets } = service;
  const credentialRef = credentialRefs.secret(bayId, purpose, generation);
  const made: KeptCredential = { kind: 'application-credential', id: `ac-${purpose}-${generation}`, secret: new Secret(`secret-${purpose}-${generation}`) };
  await secrets.put(credentialRef, writeCredential(kept ?? made));
  await secrets.put(credentialRefs.current(bayId, purpose), JSON.stringify({ generation }));
  const name = credentialName(bayId, purpose, generation);
  await said(service, 'CredentialMinted', { bayId, name, purpose, credentialRef, fingerprint: `f-${purpose}-${generation}`, expiresAt: UNTIL });
  return name;
}

/** Adds an event to the bay's own stream. */
export async function said({ bay, log, clock }: Service, type: string, data: object): Promise<void> {
  const stream = `bay-${bay.bayId}`;
  let count = 0;
  for await (const event of log.readStream(stream)) count += event.stream === stream ? 1 : 0;
  await log.append(stream, [{ type, schemaVersion: 1, data, eventId: randomUUID(), occurredAt: clock.now().toISOString(), ...aContext() }] as never, count === 0 ? 'none' : count - 1);
}
