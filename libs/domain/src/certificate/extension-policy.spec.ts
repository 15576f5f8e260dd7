import { admitExtensions } from './extension-policy.ts';
import type { KeyUsage, RequestedExtension } from './extension-policy.ts';

const keyUsage = (critical: boolean, ...usages: KeyUsage[]): RequestedExtension => ({
  kind: 'keyUsage',
  oid: '2.5.29.15',
  critical,
  usages,
});
const constraints = (critical: boolean, isAuthority: boolean): RequestedExtension => ({
  kind: 'basicConstraints',
  oid: '2.5.29.19',
  critical,
  isAuthority,
  pathLength: null,
});
const other = (oid: string, critical: boolean): RequestedExtension => ({ kind: 'other', oid, critical, value: Buffer.from("a'b\0") });

describe('The extensions a CSR may ask for', () => {
  it('are kept when they are harmless', () => {
    const harmless = [
      keyUsage(true, 'digitalSignature', 'keyEncipherment', 'nonRepudiation'),
      constraints(true, false),
      other('2.5.29.17', true),
      other('2.5.29.37', false),
    ];
    expect(admitExtensions(harmless)).toEqual(harmless);
  });

  it('are dropped when unknown', () => {
    expect(admitExtensions([other('1.2.3.4', false), other('2.5.29.30', false)])).toEqual([]);
  });

  it('lose the key usages that only an authority may have', () => {
    expect(admitExtensions([keyUsage(false, 'digitalSignature', 'keyCertSign')])).toEqual([keyUsage(false, 'digitalSignature')]);
    expect(admitExtensions([keyUsage(false, 'keyCertSign', 'cRLSign'), keyUsage(true)])).toEqual([]);
  });

  it('never make an authority', () => {
    expect(admitExtensions([constraints(false, true)])).toEqual([constraints(false, false)]);
  });

  it('are refused in Magnum’s words when an unknown one is critical', () => {
    expect(() => admitExtensions([other('1.2.3.4', true)])).toThrow(
      `Extension '<Extension(oid=<ObjectIdentifier(oid=1.2.3.4, name=Unknown OID)>, critical=True, ` +
        `value=<UnrecognizedExtension(oid=<ObjectIdentifier(oid=1.2.3.4, name=Unknown OID)>, value=b"a'b\\x00")>)>' not allowed`,
    );
  });

  it('are refused in Magnum’s words when CA:TRUE is critical', () => {
    expect(() => admitExtensions([constraints(true, true)])).toThrow(
      `Extension '<Extension(oid=<ObjectIdentifier(oid=2.5.29.19, name=basicConstraints)>, critical=True, ` +
        `value=<BasicConstraints(ca=True, path_length=None)>)>' not allowed`,
    );
  });

  it('are refused in Magnum’s words when an authority’s key usage is critical', () => {
    expect(() => admitExtensions([keyUsage(true, 'keyCertSign', 'cRLSign')])).toThrow(
      `Extension '<Extension(oid=<ObjectIdentifier(oid=2.5.29.15, name=keyUsage)>, critical=True, ` +
        `value=<KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, ` +
        `key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False)>)>' not allowed`,
    );
  });
});
