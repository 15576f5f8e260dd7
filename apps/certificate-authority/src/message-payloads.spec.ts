import { caCertificateQuery, clientCsr, nodeCsr, parsed, rotationCompletion, withdrawal } from './message-payloads.ts';

describe('parsed', () => {
  const contract = { pattern: 'certificate-authority.some-message' };
  const bay = { bayId: '6020b68c-c098-497f-836f-192dba9f78dd', bayName: 'tx1' };

  it('lets through what the contract says', () => {
    expect(parsed(contract, caCertificateQuery, { ...bay, authority: 'front-proxy' })).toEqual({ ...bay, authority: 'front-proxy' });
    expect(parsed(contract, clientCsr, { ...bay, authority: 'etcd', csrPem: 'junk' })).toEqual({
      ...bay,
      authority: 'etcd',
      csrPem: 'junk',
    });
    expect(parsed(contract, withdrawal, { bayId: bay.bayId })).toEqual({ bayId: bay.bayId });
  });

  it.each([
    ['nothing', withdrawal, undefined, 'payload: invalid_type'],
    ['an id that leaves its folder', withdrawal, { bayId: '../other' }, 'bayId: invalid_format'],
    ['an unknown authority', caCertificateQuery, { ...bay, authority: 'kubelet' }, 'authority: invalid_value'],
    ['a rotation without its id', rotationCompletion, { bayId: 'b' }, 'rotationId: invalid_type'],
    ['an unknown issuer', nodeCsr, { ...bay, csrPem: '', usages: [], subjectAltNames: [], issuer: 'any' }, 'issuer: invalid_value'],
    ['an unknown field', withdrawal, { bayId: 'b', force: true }, 'payload: unrecognized_keys'],
    [
      'a name of an unknown type',
      nodeCsr,
      { ...bay, csrPem: '', usages: [], subjectAltNames: [{ type: 'uri', value: 'x' }] },
      'subjectAltNames.0.type: invalid_value',
    ],
    [
      'an endless list of names',
      nodeCsr,
      { ...bay, csrPem: '', usages: [], subjectAltNames: Array(101).fill({ type: 'dns', value: 'x' }) },
      'subjectAltNames: too_big',
    ],
  ] as const)('refuses %s, naming it', (_, schema, payload, problem) => {
    const attempt = () => parsed<unknown>(contract, schema, payload);
    expect(attempt).toThrow(expect.objectContaining({ code: 'MESSAGE_MALFORMED', details: { ...contract, problem } }));
  });

  it('shows no value in its refusal', () => {
    expect(() => parsed<unknown>(contract, withdrawal, { bayId: 'a secret' })).toThrow(
      /^The message to certificate-authority.some-message cannot be read: bayId: invalid_format$/,
    );
  });
});
