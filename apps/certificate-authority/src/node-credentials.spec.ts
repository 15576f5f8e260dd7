import type { Purpose } from '@jeroboam/openstack';
import { Secret } from '@jeroboam/platform';
import { UNTIL, givenCredential, said, shareOf } from './testing/a-credential.ts';
import { aContext, aService } from './testing/a-service.ts';

let service: ReturnType<typeof aService>;
let token: string;
beforeEach(async () => {
  service = aService();
  token = await service.aProcess().mintBootstrapToken(service.bay, { stack: 'k1', masters: 1, workers: 1 }, aContext());
});

const share = (role: 'master' | 'worker', node?: string) => shareOf(token, role, node);
const given = (...of: Parameters<typeof givenCredential> extends [unknown, ...infer Rest] ? Rest : never) => givenCredential(service, ...of);

const ask = (shown: string, purpose: string, needed: readonly Purpose[] = ['volume'], bayId: string = service.bay.bayId) =>
  service.aProcess().credentialForNode(bayId, shown, { purpose, needed, holds: null }, aContext());
const outcomeOf = (work: ReturnType<typeof ask>) => work.then(
  ({ credential }) => `${credential!.id} ${credential!.secret.reveal()}`,
  ({ code, details }: { code: string; details: { reason?: string } }) => [code, details.reason].filter(Boolean).join(' '));
const handedOut = async () => (await service.events()).filter(({ type }) => type === 'NodeCredentialHandedOut').map(({ data }) => data);

describe('A credential of a node', () => {
  it('is what the store has, for the node that shows its share, with one entry that has no secret', async () => {
    const credential = await given('volume');
    const found = await ask(share('worker'), 'volume');
    const { id, secret, expiresAt } = found.credential!;
    expect([found.tag, id, secret.reveal(), expiresAt]).toEqual(['f-volume-1', 'ac-volume-1', 'secret-volume-1', UNTIL]);
    const again = await Promise.all([1, 2, 3].map(() => outcomeOf(ask(share('worker'), 'volume'))));
    expect(new Set(again)).toEqual(new Set(['ac-volume-1 secret-volume-1']));
    const bootstrap = { tokenId: expect.any(String) as string, role: 'worker', node: 'k1-worker-0', at: service.clock.now().toISOString() };
    expect(await handedOut()).toEqual([{ bayId: service.bay.bayId, purpose: 'volume', credential, fingerprint: 'f-volume-1', bootstrap }]);
    expect(JSON.stringify(await service.events())).not.toContain('secret-volume');
  });

  it('is for masters of the network and of volumes, for workers what plugins need, and control for nobody', async () => {
    for (const purpose of ['control', 'network', 'volume', 'registry'] as const) await given(purpose);
    const all = ['control', 'network', 'volume', 'registry', 'principal', 'certs', 'nonsense', ''];
    const got = async (role: 'master' | 'worker', needed: readonly Purpose[]) => {
      const answers = await Promise.all(all.map(async (purpose) => [purpose, await outcomeOf(ask(share(role), purpose, needed))] as const));
      expect(answers.filter(([, answer]) => !answer.startsWith('ac-')).every(([, answer]) => answer === 'BOOTSTRAP_TOKEN_REFUSED not-needed')).toBe(true);
      return answers.filter(([, answer]) => answer.startsWith('ac-')).map(([purpose]) => purpose);
    };
    expect(await got('master', [])).toEqual(['network', 'volume']);
    expect(await got('worker', [])).toEqual([]);
    expect(await got('worker', ['volume', 'control'])).toEqual(['volume']);
    expect(await got('master', ['registry', 'control'])).toEqual(['network', 'volume', 'registry']);
  });

  it('is not there where none was minted, was revoked, or is a trust', async () => {
    expect(await outcomeOf(ask(share('master'), 'network'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    const name = await given('volume');
    await said(service, 'CredentialRevoked', { bayId: service.bay.bayId, name, purpose: 'volume' });
    expect(await outcomeOf(ask(share('worker'), 'volume'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    await given('network', 1, { kind: 'trust', user: { userId: 'u' }, password: new Secret('p'), trustId: 't' });
    expect(await outcomeOf(ask(share('master'), 'network'))).toBe('NODE_CREDENTIAL_NOT_FOUND');
    expect(await handedOut()).toEqual([]);
  });

  it('is the newest that counts', async () => {
    await given('volume', 1);
    expect(await outcomeOf(ask(share('worker'), 'volume'))).toBe('ac-volume-1 secret-volume-1');
    await given('volume', 2);
    expect(await outcomeOf(ask(share('worker'), 'volume'))).toBe('ac-volume-2 secret-volume-2');
    expect(await handedOut()).toMatchObject([{ fingerprint: 'f-volume-1' }, { fingerprint: 'f-volume-2' }]);
  });

  it('is refused to whom a certificate is refused: another name, another bay, too many, too late', async () => {
    await given('volume');
    const worker = share('worker');
    expect(await outcomeOf(ask(worker.replace('worker-0', 'worker-1'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask(worker, 'volume', ['volume'], `${service.bay.bayId.slice(0, -4)}0000`))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask('a user’s token', 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    expect(await outcomeOf(ask(worker, 'volume'))).toMatch('ac-volume-1');
    expect(await outcomeOf(ask(share('worker', 'k1-worker-9'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED used-up');
    await service.clock.advance(10 * 60_000);
    expect(await outcomeOf(ask(worker, 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED expired');
    await service.aProcess().closeBootstrapTokens(service.bay.bayId, 'k1', aContext());
    expect(await outcomeOf(ask(share('master'), 'volume'))).toBe('BOOTSTRAP_TOKEN_REFUSED closed');
    expect(await handedOut()).toHaveLength(1);
  });
});
