import { randomBytes } from 'node:crypto';
import { aCsr, aName, anEcKey, anExtension, anRsaKey } from '../testing/a-csr.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { bits, boolean, integer, nothing, octets, oid, sequence, taggedBytes, utf8 } from './der.ts';

const SAN = '2.5.29.17';
const EKU = '2.5.29.37';
const KEY_USAGE = '2.5.29.15';
const CONSTRAINTS = '2.5.29.19';

/** As the golden transcript of `POST /v1/certificates` has it, made by another implementation. */
const RECORDED = `-----BEGIN CERTIFICATE REQUEST-----
MIICbjCCAVYCAQAwKTEOMAwGA1UEAwwFYWRtaW4xFzAVBgNVBAoMDnN5c3RlbTpt
YXN0ZXJzMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtdt1Y0yJlM7+
rRms1w8RcGChVdmxJJPE3Pv8P1PJ2EdLbWlVnLB1oTeno+BAYR4FPhlwutYalQO7
ZduKDzRNlA1GENafOy4AjAVg5v7WY8+zzDMjlp/xTfHSm1Oo2zhCrzGO8vLEynub
bzh/4qLHniInyvoL2E0dop68LzjdaxswNMtVZ6RibqBloolr+l8d5/ExEGAgyaWQ
B8kyWUb3dL57O2DvJkngHcs7cwlYnXU/Sl4UART+lXF8k3wYvi2BhU2BqCVL2ppC
b2IHje9Bu1ddnhGUHT+EOcQFy9TDz0RprCBMSrF96aYrQtj0KP2m51T+8wS7QskG
0h6oAKHMbwIDAQABoAAwDQYJKoZIhvcNAQELBQADggEBAJ7/Nnf0bdQSMMTZQqjF
aCu/q9Opj68r+xPBpXX2PBeem88DOBRwYMOsKXmUsOOULmcHo3wOiOhYnWyRNYcz
w/4F9dZ8plORH2vaC9TheFe6WEBsjWyFQ9k1i7UvXPsYfZDiP9QpruJznBC66Qu8
AIRlnmuTflW+qamrUU6gkIQ+SzxwiTQjYK9XCmD8kofwUIM3Uh6l/XdGqJ/udDYd
bgodlGNDj979xX9r/rqEqAnJnds8Dn0Lkdc68UtrfxwY3D6ZvvLfz8jS7cYvEVhB
U5uer48iBlJhf49rY+jPN3NIokf1obyRSusQ/e4wB+TtCLwG2/zVanxs/C33NG8D
TpI=
-----END CERTIFICATE REQUEST-----
`;

function codeOf(pem: string): unknown {
  try {
    return { parsed: parseCertificateRequest(pem) };
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

describe('parseCertificateRequest', () => {
  it('reads what Magnum’s client sends', () => {
    const request = parseCertificateRequest(RECORDED);
    expect(request).toMatchObject({ subjectText: 'CN=admin, O=system:masters', keyType: 'rsa', extensions: [] });
    expect(request.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['rsa', anRsaKey()],
    ['ec', anEcKey()],
  ])('reads requests with %s keys', (keyType, key) => {
    const csr = aCsr({ key });
    expect(parseCertificateRequest(csr.pem)).toMatchObject({ keyType, hash: csr.hash });
  });

  it('takes the other PEM label and text around the PEM', () => {
    const { pem, hash } = aCsr({ label: 'NEW CERTIFICATE REQUEST' });
    expect(parseCertificateRequest(`Certificate Request:\n  Data:\n${pem}bye`).hash).toBe(hash);
  });

  it('reads the extensions asked for', () => {
    const value = sequence(taggedBytes(2, Buffer.from('node-1')));
    const csr = aCsr({
      extensions: [
        anExtension(KEY_USAGE, bits(Buffer.from([0b10100000]), 5), true),
        anExtension(CONSTRAINTS, sequence(boolean(true), integer('3'))),
        anExtension(SAN, value),
      ],
    });
    expect(parseCertificateRequest(csr.pem).extensions).toEqual([
      { kind: 'keyUsage', oid: KEY_USAGE, critical: true, usages: ['digitalSignature', 'keyEncipherment'] },
      { kind: 'basicConstraints', oid: CONSTRAINTS, critical: false, isAuthority: true, pathLength: 3 },
      { kind: 'other', oid: SAN, critical: false, value: Buffer.concat([Buffer.from('30088206', 'hex'), Buffer.from('node-1')]) },
    ]);
  });

  it('writes the subject so that no value can pass for two', () => {
    const subject = aName(['2.5.4.3', utf8('a, O=b+c\\\n')], ['1.2.3.4', utf8('é')]);
    expect(parseCertificateRequest(aCsr({ subject }).pem).subjectText).toBe('CN=a\\, O=b\\+c\\\\\\0a, 1.2.3.4=é');
  });

  const frame = (body: string) => `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----`;
  const whole = Buffer.from(RECORDED.split('\n').slice(1, -2).join(''), 'base64');
  it.each([
    ['text', 'junk'],
    ['nothing', ''],
    ['an empty frame', frame('')],
    ['bytes that are no DER', frame('AAAA')],
    ['a request cut short', frame(whole.subarray(0, 200).toString('base64'))],
    ['a request with something behind it', frame(Buffer.concat([whole, Buffer.from([5, 0])]).toString('base64'))],
    ['a certificate', RECORDED.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')],
    ['more than 64 KiB', `${RECORDED}${' '.repeat(65_536)}`],
    ['an empty alternative name', aCsr({ extensions: [anExtension(SAN, sequence())] }).pem],
    ['a NUL in a name', aCsr({ extensions: [anExtension(SAN, sequence(taggedBytes(2, Buffer.from('good\0.evil'))))] }).pem],
    ['an IP address of 5 bytes', aCsr({ extensions: [anExtension(SAN, sequence(taggedBytes(7, randomBytes(5))))] }).pem],
    ['an alternative name that is a number', aCsr({ extensions: [anExtension(SAN, integer('1'))] }).pem],
    ['an empty extended key usage', aCsr({ extensions: [anExtension(EKU, sequence())] }).pem],
    ['an extension that comes twice', aCsr({ extensions: [anExtension('1.2.3', nothing()), anExtension('1.2.3', nothing())] }).pem],
    ['an extension that is no extension', aCsr({ extensions: [sequence(oid('1.2.3'))] }).pem],
    ['a subject that is no name', aCsr({ subject: sequence(octets(Buffer.from('x'))) }).pem],
    ['a subject with broken UTF-8', aCsr({ subject: aName(['2.5.4.3', { ...utf8('x'), value: '\xff' }]) }).pem],
  ])('refuses %s', (_, pem) => {
    expect(codeOf(pem)).toBe('INVALID_CSR');
  });

  it('refuses, and never fails otherwise, whatever bytes are changed', () => {
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0xff;
      const outcome = codeOf(frame(changed.toString('base64')));
      expect(outcome === 'INVALID_CSR' || Object.hasOwn(outcome as object, 'parsed')).toBe(true);
    }
  });

  it('survives nesting without end', () => {
    const deep = Buffer.from('3080'.repeat(15_000), 'hex');
    expect(codeOf(frame(deep.toString('base64')))).toBe('INVALID_CSR');
  });
});
