import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { certificateRequest } from './certificate-request.ts';

describe('a certificate request', () => {
  it('is read by OpenSSL and found to be signed by its own key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const request = certificateRequest(privateKey, { commonName: 'admin', organization: 'system:masters' });
    // Where the signature is wrong it says so and exits with 1.
    const text = execFileSync('openssl', ['req', '-verify', '-noout', '-subject', '-text'], { input: request, encoding: 'utf8', stdio: 'pipe' });
    expect(text).toMatch(/subject=CN ?= ?admin, O ?= ?system:masters/);
    expect(text).toMatch(/ecdsa-with-SHA256/);
  });
});
