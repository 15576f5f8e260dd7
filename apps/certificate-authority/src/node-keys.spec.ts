import { sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { signedText } from '@jeroboam/domain';
import type { Purpose } from '@jeroboam/openstack';
import type { NamedBay } from './bay-authorities.ts';
import { aCsr, aName, anEcKey, anRsaKey } from './testing/a-csr.ts';
import { givenCredential, said, shareOf } from './testing/a-credential.ts';
import { aContext, aService } from './testing/a-service.ts';
import { utf8 } from './x509/der.ts';

type Role = 'master' | 'worker';
interface Node {
  /** DER in base64. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

interface Made {
  readonly key?: ReturnType<typeof anEcKey>;
  /** The token of its stack. */
  readonly of?: string;
  readonly bay?: NamedBay;
}

let service: ReturnType<typeof aService>;
let token: string;
beforeEach(async () => {
  service = aService();
  token = await mint();
});

const bayId = () => service.bay.bayId;
const mint = () => service.aProcess().mintBootstrapToken(service.bay, { stack: 'k1', masters: 1, workers: 2 }, aContext());
const base64Of = (pem: string) => pem.replaceAll(/-----[^-]+-----|\s/g, '');

/** A node that has its kubelet's certificate. */
async function aNode(role: Role = 'worker', name = `k1-${role}-0`, { key = anEcKey(), of = token, bay = service.bay }: Made = {}): Promise<Node> {
  const csr = aCsr({ subject: aName(['2.5.4.10', utf8('system:nodes')], ['2.5.4.3', utf8(`system:node:${name}`)]), key });
  const pem = await service.aProcess().signForNode(bay, shareOf(of, role, name), { authority: 'kubernetes', csrPem: csr.pem }, aContext());
  return { certificate: base64Of(pem), privateKey: key.privateKey };
}

interface Asked {
  readonly purpose?: string;
  readonly holds?: string | null;
  readonly needed?: readonly Purpose[];
  readonly bay?: string;
  /** What is signed in its place. */
  readonly signs?: { readonly purpose?: string; readonly holds?: string; readonly bayId?: string };
  readonly secondsOff?: number;
}

const shownBy = ({ certificate, privateKey }: Node, { purpose = 'volume', holds = null, bay = bayId(), signs = {}, secondsOff = 0 }: Asked = {}) => {
  const seconds = Math.floor(service.clock.now().getTime() / 1_000) + secondsOff;
  const signature = sign('sha256', Buffer.from(signedText({ bayId: bay, purpose, holds, ...signs }, seconds)), privateKey).toString('base64');
  return `jeroboam-node-key:${seconds}:${certificate}:${signature}`;
};
const outcomeOf = (work: ReturnType<ReturnType<typeof service.aProcess>['credentialForNode']>) => work.then(
  ({ tag, credential }) => (credential ? `${tag} ${credential.id} ${credential.secret.reveal()}` : `${tag} as it was`),
  ({ code, details }: { code: string; details: { reason?: string } }) => [code, details.reason].filter(Boolean).join(' '));
const askWith = (shown: string, { purpose = 'volume', holds = null, needed = ['volume'], bay = bayId() }: Asked = {}) =>
  outcomeOf(service.aProcess().credentialForNode(bay, shown, { purpose, needed, holds }, aContext()));
const ask = (node: Node, asked: Asked = {}) => askWith(shownBy(node, asked), asked);
const told = async () => (await service.events()).filter(({ type }) => type.startsWith('NodeCredential')).map(({ type, data }) => `${type} ${(data as { credential: string }).credential.slice(-8)}`);
const count = async () => (await service.events()).length;

describe('The key of a node’s certificate', () => {
  it.each([['an RSA key', anRsaKey], ['a key on a curve', anEcKey]])('lets the node have what its share does, with %s, long after that is over', async (_kind, key) => {
    await givenCredential(service, 'volume');
    const node = await aNode('worker', 'k1-worker-0', { key: key() });
    await service.aProcess().closeBootstrapTokens(bayId(), 'k1', aContext());
    await service.clock.advance(80 * 86_400_000);
    expect(await ask(node)).toBe('f-volume-1 ac-volume-1 secret-volume-1');
    expect((await service.events()).at(-1)).toMatchObject({
      type: 'NodeCredentialHandedOut', data: { certificate: expect.stringMatching(/^[0-9a-f]{64}$/) as string, bootstrap: { role: 'worker', node: 'k1-worker-0', at: service.clock.now().toISOString() } },
    });
    expect(JSON.stringify(await service.events())).not.toContain('secret-volume');
  });

  it('is refused where it did not sign this very request: purpose, what it has, bay', async () => {
    await givenCredential(service, 'volume');
    const node = await aNode('master');
    for (const signs of [{ purpose: 'network' }, { holds: 'f-volume-1' }, { bayId: 'another' }]) expect(await ask(node, { signs })).toBe('NODE_KEY_REFUSED signature');
    expect(await ask({ ...node, privateKey: anEcKey().privateKey })).toBe('NODE_KEY_REFUSED signature');
    expect(await ask({ ...node, privateKey: anRsaKey().privateKey })).toBe('NODE_KEY_REFUSED signature');
    expect(await told()).toEqual([]);
  });

  it.each([[-300, 'f-volume-1'], [300, 'f-volume-1'], [-301, 'untimely'], [301, 'untimely']])('is taken %d seconds off: %s', async (secondsOff, outcome) => {
    await givenCredential(service, 'volume');
    expect(await ask(await aNode(), { secondsOff })).toContain(outcome);
  });

  it('is refused to whom no certificate of this bay belongs, as for a bay that is not there', async () => {
    await givenCredential(service, 'volume');
    const other = { bayId: `${bayId().slice(0, -4)}0000`, bayName: 'other' };
    const ofOther = await service.aProcess().mintBootstrapToken(other, { stack: 'k2', masters: 1, workers: 1 }, aContext());
    const stranger = await aNode('worker', 'k1-worker-0', { of: ofOther, bay: other });
    expect(await ask(stranger)).toBe('NODE_KEY_REFUSED unknown');
    expect(await ask(await aNode(), { bay: 'not-there' })).toBe('NODE_KEY_REFUSED unknown');
    // A user's, which is no node's.
    const csr = aCsr();
    const pem = await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, aContext());
    expect(await ask({ certificate: base64Of(pem), privateKey: csr.privateKey })).toBe('NODE_KEY_REFUSED unknown');
    for (const shown of ['jeroboam-node-key:', 'jeroboam-node-key:1:a:b', 'jeroboam-node-key:1:bm90aGluZw==:bm90aGluZw==']) expect(await askWith(shown)).toBe('NODE_KEY_REFUSED unknown');
  });

  it('ends with its certificate, with the authority that signed it, with the next machine of its name, with the bay', async () => {
    await givenCredential(service, 'volume');
    const [node, rebuilt] = [await aNode(), await aNode('worker', 'k1-worker-1')];
    await aNode('worker', 'k1-worker-1', { of: await mint() });
    expect(await ask(rebuilt)).toBe('NODE_KEY_REFUSED unknown');
    await service.aProcess().startRotation(service.bay, 'op-1', aContext());
    expect(await ask(node)).toMatch('ac-volume-1');
    await service.aProcess().completeRotation(bayId(), 'op-1', aContext());
    expect(await ask(node)).toBe('NODE_KEY_REFUSED replaced');
    const fresh = await aNode('worker', 'k1-worker-0', { of: await mint() });
    await service.clock.advance(1_826 * 86_400_000);
    expect(await ask(fresh)).toBe('NODE_KEY_REFUSED expired');
    await service.aProcess().withdraw(bayId(), aContext());
    expect(await ask(fresh)).toBe('NODE_KEY_REFUSED unknown');
  });

  it('ends when the node leaves its bay', async () => {
    await givenCredential(service, 'volume');
    const [leaving, staying] = [await aNode(), await aNode('worker', 'k1-worker-1')];
    for (const number of [0, 1]) await said(service, 'NodeJoined', { node: { name: `default-worker-${number}`, hostName: `k1-worker-${number}` } });
    await said(service, 'NodeRemoved', { name: 'default-worker-0' });
    expect(await ask(leaving)).toBe('NODE_KEY_REFUSED gone');
    expect(await ask(staying)).toMatch('ac-volume-1');
  });

  it('opens no more to a worker than what plugins need, and to nobody what makes bays', async () => {
    for (const purpose of ['network', 'volume', 'control'] as const) await givenCredential(service, purpose);
    const [worker, master] = [await aNode(), await aNode('master')];
    expect(await ask(worker, { purpose: 'network' })).toBe('NODE_KEY_REFUSED not-needed');
    expect(await ask(master, { purpose: 'network' })).toMatch('ac-network-1');
    for (const purpose of ['control', 'principal', 'nonsense']) for (const node of [worker, master]) expect(await ask(node, { purpose })).toBe('NODE_KEY_REFUSED not-needed');
  });
});

describe('A node that asks again and again', () => {
  it('is given each generation once, says once that it uses it, and then nothing is written any more', async () => {
    await givenCredential(service, 'volume', 1);
    const node = await aNode();
    expect(await ask(node)).toMatch('ac-volume-1');
    expect(await ask(node)).toMatch('ac-volume-1');
    for (let poll = 0; poll < 3; poll += 1) expect(await ask(node, { holds: 'f-volume-1' })).toBe('f-volume-1 as it was');
    await givenCredential(service, 'volume', 2);
    expect(await ask(node, { holds: 'f-volume-1' })).toBe('f-volume-2 ac-volume-2 secret-volume-2');
    const before = await count();
    expect(await ask(node, { holds: 'f-volume-1' })).toBe('f-volume-2 ac-volume-2 secret-volume-2');
    expect(await count()).toBe(before);
    await Promise.all([1, 2, 3].map(() => ask(node, { holds: 'f-volume-2' })));
    await service.clock.advance(300_000);
    expect(await ask(node, { holds: 'f-volume-2' })).toBe('f-volume-2 as it was');
    expect(await told()).toEqual([
      'NodeCredentialHandedOut volume-1', 'NodeCredentialInUse volume-1', 'NodeCredentialHandedOut volume-2', 'NodeCredentialInUse volume-2',
    ]);
  });

  it('is not believed about what it was never given, and gets it', async () => {
    await givenCredential(service, 'volume');
    expect(await ask(await aNode(), { holds: 'f-volume-1' })).toBe('f-volume-1 ac-volume-1 secret-volume-1');
    expect(await told()).toEqual(['NodeCredentialHandedOut volume-1']);
  });

  it('says nothing of what it uses by a share', async () => {
    await givenCredential(service, 'volume');
    const shown = shareOf(token, 'worker');
    expect(await askWith(shown, { holds: 'f-volume-1' })).toMatch('ac-volume-1');
    expect(await askWith(shown, { holds: 'f-volume-1' })).toMatch('ac-volume-1');
    expect(await told()).toEqual(['NodeCredentialHandedOut volume-1']);
  });

  it('holds the old one until it says that it uses the new one', async () => {
    const [first, network] = [await givenCredential(service, 'volume', 1), await givenCredential(service, 'network', 1)];
    const holders = (...names: string[]) => service.aProcess().holdersOf(bayId(), names);
    expect(await holders(first)).toEqual([]);
    const [worker, master] = [await aNode(), await aNode('master')];
    await askWith(shareOf(token, 'worker'));
    await ask(master);
    await ask(master, { purpose: 'network' });
    expect(await holders(first)).toEqual(['k1-worker-0', 'k1-master-0']);
    const second = await givenCredential(service, 'volume', 2);
    await ask(worker);
    await ask(master);
    expect(await holders(first)).toEqual(['k1-worker-0', 'k1-master-0']);
    await ask(worker, { holds: 'f-volume-2' });
    expect(await holders(first)).toEqual(['k1-master-0']);
    await ask(master, { holds: 'f-volume-2' });
    expect(await holders(first)).toEqual([]);
    expect([await holders(network), await holders(second)]).toEqual([['k1-master-0'], ['k1-worker-0', 'k1-master-0']]);
    await service.aProcess().withdraw(bayId(), aContext());
    expect(await holders(network)).toEqual([]);
  });
});
