import { createHash, randomUUID } from 'node:crypto';
import { credentialName, credentialRefs, writeCredential } from '@jeroboam/openstack';
import type { KeptCredential, Purpose } from '@jeroboam/openstack';
import { Secret } from '@jeroboam/platform';
import { aContext, aService } from './testing/a-service.ts';

const UNTIL = '2027-02-01T00:00:00.000Z';

let service: ReturnType<typeof aService>;
let token: string;
beforeEach(async () => {
  service = aService();
  token = await service.aProcess().mintBootstrapToken(service.bay, { stack: 'k1', masters: 1, workers: 1 }, aContext());
});

const shareOf = (role: 'master' | 'worker', node = `k1-${role}-0`) =>
  `jeroboam-node:${role}:${node}:${createHash('sha256').update(`${role}:${node}:${token}`).digest('hex')}`;

/** What driver execution leaves in the log and in the secret store. */
async function given(purpose: Purpose, generation = 1, credential: KeptCredential = { kind: 'application-credential', id: `ac-${purpose}-${generation}`, secret: new Secret(`secret-${purpose}-${generation}`) }) {
  const { bay: { bayId }, secrets } = service;
  const credentialRef = credentialRefs.secret(bayId, purpose, generation);
  await secrets.put(credentialRef, writeCredential(credential));
  await secrets.put(credentialRefs.current(bayId, purpose), JSON.stringify({ generation }));
  const name = credentialName(bayId, purpose, generation);
  await said('CredentialMinted', { bayId, name, purpose, credentialRef, fingerprint: `f-${purpose}-${generation}`, expiresAt: UNTIL });
  return name;
}

async function said(type: string, data: object): Promise<void> {
  const stream = `bay-${service.bay.bayId}`;
  let count = 0;
  for await (const event of service.log.readStream(stream)) count += event.stream === stream ? 1 : 0;
  await service.log.append(stream, [{ type, schemaVersion: 1, data, eventId: randomUUID(), occurredAt: service.clock.now().toISOString(), ...aContext() }] as never, count === 0 ? 'none' : count - 1);
}

const ask = (shown: string, purpose: string, needed: readonly Purpose[] = ['volume'], bayId: string = service.bay.bayId) =>
  service.aProcess().credentialForNode(bayId, shown, { purpose, needed }, aContext());
const outcomeOf = (work: ReturnType<typeof ask>) => work.then(
  ({ id: found, secret }) => `${found} ${secret.reveal()}`,
  ({ code, details }: { code: string; details: { reason?: string } }) => [code, details.reason].filter(Boolean).join(' '));
const handedOut = async () => (await service.events()).filter(({ type }) => type === 'NodeCredentialHandedOut').map(({ data }) => data);

describe('A credential of a node', () => {
  it('is what the store has, for the node that shows its share, with one entry that has no secret', async () => {
    const credential = await given('volume');
    const found = await ask(shareOf('worker'), 'volume');
    expect([found.id, found.secret.reveal(), found.expiresAt]).toEqual(['ac-volume-1', 'secret-volume-1', UNTIL]);
    const again = await Promise.all([1, 2, 3].map(() => outcomeOf(ask(shareOf('worker'), 'volume'))));
    expect(new Set(again)).toEqual(new Set(['ac-volume-1 secret-volume-1']));
    const bootstrap = { tokenId: expect.any(String) as string, role: 'worker', node: 'k1-worker-0', at: service.clock.now().toISOString() };
    expect(await handedOut()).toEqual([{ bayId: service.bay.bayId, purpose: 'volume', credential, fingerprint: 'f-volume-1', bootstrap }]);
    expect(JSON.stringify(await service.events())).not.toContain('secret-volume');
  });

  it('is for masters of the network and of volumes, for workers what plugins need, and control for nobody', async () => {
    for (const purpose of ['control', 'network', 'volume', 'registry'] as const) await given(purpose);
    const all = ['control', 'network', 'volume', 'registry', 'principal', 'certs', 'nonsense', ''];
    const got = async (role: 'master' | 'worker', needed: readonly Purpose[]) => {
      const answers = await Promise.all(all.map(async (purpose) => [purpose, await outcomeOf(ask(shareOf(role), purpose, needed))] as const));
      expect(answers.filter(([, answer]) => !answer.startsWith('ac-')).every(([, answer]) => answer === 'BOOTSTRAP_TOKEN_REFUSED not-needed')).toBe(true);
      return answers.filter(([, answer]) => answer.startsWith('ac-')).map(([purpose]) => purpose);
    };
    expect(await got('master', [])).toEqual(['network', 'volume']);
    expect(await got('worker', [])).toEqual([]);
    expect(await got('worker', ['volume', 'control'])).toEqual(['volume']);
    expect(await got('master', ['registry', 'control'])).toEqual(['network', 'volume', 'registry']);
  });

  it('is not there where none was minted, was revoked, or is a trust', async () => {
    expect(await outcomeOf(ask(shareOf('master'), 'network'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    const name = await given('volume');
    await said('CredentialRevoked', { bayId: service.bay.bayId, name, purpose: 'volume' });
    expect(await outcomeOf(ask(shareOf('worker'), 'volume'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    await given('network', 1, { kind: 'trust', user: { userId: 'u' }, password: new Secret('p'), trustId: 't' });
    expect(await outcomeOf(ask(shareOf('master'), 'network'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    expect(await handedOut()).toEqual([]);
  });

  it('is the newest that counts', async () => {
    await given('volume', 1);
    expect(await outcomeOf(ask(shareOf('worker'), 'volume'))).toBe('ac-volume-1 secret-volume-1');
    await given('volume', 2);
    expect(await outcomeOf(ask(shareOf('worker'), 'volume'))).toBe('ac-volume-2 secret-volume-2');
    expect(await handedOut()).toMatchObject([{ fingerprint: 'f-volume-1' }, { fingerprint: 'f-volume-2' }]);
  });

  it('is refused to whom a certificate is refused: another name, another bay, too many, too late', async () => {
    await given('volume');
    const worker = shareOf('worker');
    expect(await outcomeOf(ask(worker.replace('worker-0', 'worker-1'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask(worker, 'volume', ['volume'], `${service.bay.bayId.slice(0, -4)}0000`))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask('a user’s token', 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask(worker, 'volume'))).toMatch('ac-volume-1');
    expect(await outcomeOf(ask(shareOf('worker', 'k1-worker-9'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED used-up');
    await service.clock.advance(10 * 60_000);
    expect(await outcomeOf(ask(worker, 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED expired');
    await service.aProcess().closeBootstrapTokens(service.bay.bayId, 'k1', aContext());
    expect(await outcomeOf(ask(shareOf('master'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED closed');
    expect(await handedOut()).toHaveLength(1);
  });
});
