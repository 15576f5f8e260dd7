import { deciderSpec } from '../testing/decider-spec.ts';
import { certificateDecider } from './certificate.decider.ts';
import type { CertificateCommand } from './certificate.decider.ts';
import type { CertificateEvent, HandedOutCredential } from './certificate.events.ts';
import { isShownByNode, readNodeKey, signedText } from './node-key.ts';

const bayId = '6020b68c-c098-497f-836f-192dba9f78dd';
const at = '2026-01-01T00:01:00.000Z';
const until = '2031-01-01T00:00:00.000Z';
const bootstrap = { tokenId: 't1', role: 'worker', node: 'k1-worker-0', at } as const;
const issued = (tokenId = 't1', fingerprint = 'c1'): CertificateEvent => ({
  type: 'CertificateIssued', schemaVersion: 1,
  data: {
    bayId, authority: 'kubernetes', purpose: 'node', bootstrap: { ...bootstrap, tokenId }, serial: '02', subject: 'CN=k1-worker-0', subjectAltNames: [], usages: [], issuer: 'f1',
    csrHash: 'h', fingerprint, notAfter: until,
  },
});
const volume = (generation: number, more: Partial<HandedOutCredential> = {}): HandedOutCredential => (
  { bayId, purpose: 'volume', credential: `jeroboam-b-volume-${generation}`, fingerprint: `f-${generation}`, bootstrap, certificate: 'c1', ...more });
const handedOut = (data: HandedOutCredential): CertificateEvent => ({ type: 'NodeCredentialHandedOut', schemaVersion: 1, data });
const inUse = (data: HandedOutCredential): CertificateEvent => ({ type: 'NodeCredentialInUse', schemaVersion: 1, data });
const handOut = (data: HandedOutCredential): CertificateCommand => ({ type: 'RecordNodeCredential', data, metadata: { now: at } });
const use = (data: HandedOutCredential): CertificateCommand => ({ type: 'RecordNodeCredentialInUse', data, metadata: { now: at } });
const withdrawn: CertificateEvent = { type: 'BayAuthoritiesWithdrawn', schemaVersion: 1, data: { bayId } };
const certificates = deciderSpec(certificateDecider);

describe('A credential for a node with a certificate', () => {
  it('is handed out once for each generation, the same name with another secret being another', () => {
    certificates.given(issued()).when(handOut(volume(1))).then(handedOut(volume(1)));
    certificates.given(issued(), handedOut(volume(1))).when(handOut(volume(1))).then();
    certificates.given(issued(), handedOut(volume(1))).when(handOut(volume(1, { fingerprint: 'again' }))).then(handedOut(volume(1, { fingerprint: 'again' })));
    certificates.given(issued(), handedOut(volume(1)), inUse(volume(1))).when(handOut(volume(2))).then(handedOut(volume(2)));
  });

  it('is for nobody whose certificate the ledger does not have, or had on an older token, or of a bay that is going', () => {
    certificates.given().when(handOut(volume(1))).thenRefused('NODE_KEY_REFUSED');
    certificates.given(issued(), issued('t2', 'c2')).when(handOut(volume(1))).thenRefused('NODE_KEY_REFUSED');
    certificates.given(issued(), withdrawn).when(handOut(volume(1))).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('is in use once the node says so, which is said once', () => {
    certificates.given(issued(), handedOut(volume(1))).when(use(volume(1))).then(inUse(volume(1)));
    certificates.given(issued(), handedOut(volume(1)), inUse(volume(1))).when(use(volume(1))).then();
    certificates.given(issued(), handedOut(volume(1)), inUse(volume(1)), handedOut(volume(2))).when(use(volume(2))).then(inUse(volume(2)));
    const { certificate: _, ...byShare } = volume(1);
    certificates.given(issued(), handedOut(byShare)).when(use(volume(1))).then(inUse(volume(1)));
  });

  it('is not in use by who was never given it, or is not known', () => {
    certificates.given(issued()).when(use(volume(1))).then();
    certificates.given(issued(), handedOut(volume(1))).when(use(volume(1, { fingerprint: 'other' }))).then();
    certificates.given(handedOut(volume(1))).when(use(volume(1))).thenRefused('NODE_KEY_REFUSED');
  });

  it('is of one purpose: what is used for another says nothing of it', () => {
    const network = volume(1, { purpose: 'network', credential: 'jeroboam-b-network-1', fingerprint: 'n-1' });
    certificates.given(issued(), handedOut(volume(1)), handedOut(network), inUse(network)).when(use(volume(1))).then(inUse(volume(1)));
  });
});

describe('What a node shows of its key', () => {
  it('is read as its script writes it, and as nothing else', () => {
    expect(readNodeKey('jeroboam-node-key:1795420800:MIIB+/8=:MEUC')).toEqual({ atSeconds: 1_795_420_800, certificate: 'MIIB+/8=', signature: 'MEUC' });
    for (const text of ['', 'jeroboam-node-key:', 'jeroboam-node-key:now:MIIB:MEUC', 'jeroboam-node-key:1:MIIB', 'jeroboam-node-key:1:MI_B:MEUC', `jeroboam-node-key:1:${'A'.repeat(6_001)}:MEUC`]) {
      expect(readNodeKey(text)).toBeUndefined();
    }
    expect(['jeroboam-node-key:', 'jeroboam-node:', 'gAAAA'].map(isShownByNode)).toEqual([true, true, false]);
  });

  it('signs everything that its request says', () => {
    expect(signedText({ bayId: 'b', purpose: 'volume', holds: null }, 7)).toBe('GET /clusters/b/credentials/volume\n7\n\n');
    expect(signedText({ bayId: 'b', purpose: 'volume', holds: 'tag' }, 7)).toBe('GET /clusters/b/credentials/volume\n7\ntag\n');
  });
});
