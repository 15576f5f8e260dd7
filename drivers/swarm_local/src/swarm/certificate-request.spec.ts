import { X509Certificate, createPrivateKey } from 'node:crypto';
import { FakeCertificates } from '@jeroboam/driver-sdk/testing';
import { certificateRequest, newPrivateKey } from './certificate-request.ts';

describe('a certificate request', () => {
  it('is read, found to be signed by its key, and signed', async () => {
    const [key, authority] = [await newPrivateKey(), new FakeCertificates()];
    const pem = await authority.sign({
      csrPem: certificateRequest(key, 'default-worker-0'),
      usages: ['server', 'client'],
      subjectAltNames: [{ type: 'ip', value: '10.88.3.3' }],
    });
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).toBe('CN=default-worker-0');
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(new X509Certificate(await authority.ca()).publicKey)).toBe(true);
    expect(certificate.checkIP('10.88.3.3')).toBe('10.88.3.3');
  });

  it('holds no private key', async () => {
    expect(certificateRequest(await newPrivateKey(), 'x')).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/,
    );
  });
});
