import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { getPriority } from 'node:os';
import { generateRsaKeyPair } from './rsa-key-threads.ts';

describe('generateRsaKeyPair', () => {
  it('makes pairs that belong together, each another, at once', async () => {
    const pairs = await Promise.all([generateRsaKeyPair(), generateRsaKeyPair()]);
    pairs.push(await generateRsaKeyPair());
    for (const { publicKey, privateKey } of pairs) {
      const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
      expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65_537n });
      const data = Buffer.from('x');
      expect(verify('sha256', data, createPublicKey({ key: publicKey, format: 'der', type: 'spki' }), sign('sha256', data, key))).toBe(true);
    }
    expect(new Set(pairs.map(({ publicKey }) => publicKey.toString('hex'))).size).toBe(3);
  });

  it('leaves the process its own priority', async () => {
    const before = getPriority();
    await generateRsaKeyPair();
    expect(getPriority()).toBe(before);
  });
});
