import { randomBytes } from 'node:crypto';
import { openEnvelope, sealEnvelope } from './envelope.ts';

describe('An envelope', () => {
  const masterKey = randomBytes(32);
  const secret = Buffer.from('a secret of some length');
  const codeOf = (work: () => unknown) => {
    try {
      return { opened: work() };
    } catch (error) {
      return error instanceof Error && 'reason' in error ? error.reason : error;
    }
  };

  it('opens with its master key and reference', () => {
    expect(openEnvelope(masterKey, 'a/b', sealEnvelope(masterKey, 'a/b', secret))).toEqual(secret);
  });

  it('shows nothing of the secret and never looks the same twice', () => {
    const [one, two] = [sealEnvelope(masterKey, 'a', secret), sealEnvelope(masterKey, 'a', secret)];
    expect(one.includes('secret')).toBe(false);
    // The header is the same by design; nothing behind it is.
    expect(one.subarray(0, 13)).toEqual(two.subarray(0, 13));
    expect(one.subarray(13, 29)).not.toEqual(two.subarray(13, 29));
  });

  it('does not open when any one byte was changed', () => {
    const envelope = sealEnvelope(masterKey, 'a', secret);
    for (let at = 0; at < envelope.length; at += 1) {
      const changed = Buffer.from(envelope);
      changed[at]! ^= 1;
      expect(codeOf(() => openEnvelope(masterKey, 'a', changed))).toBe(
        at < 5 ? 'unknown-format' : at < 13 ? 'other-master-key' : 'tampered',
      );
    }
  });

  it('does not open when it was cut short anywhere', () => {
    const envelope = sealEnvelope(masterKey, 'a', secret);
    for (let length = 0; length < envelope.length; length += 1) {
      expect(['unknown-format', 'other-master-key', 'tampered']).toContain(
        codeOf(() => openEnvelope(masterKey, 'a', envelope.subarray(0, length))),
      );
    }
  });

  it('does not open under another reference', () => {
    expect(codeOf(() => openEnvelope(masterKey, 'b', sealEnvelope(masterKey, 'a', secret)))).toBe('tampered');
  });

  it('says so when it belongs to another master key', () => {
    expect(codeOf(() => openEnvelope(randomBytes(32), 'a', sealEnvelope(masterKey, 'a', secret)))).toBe('other-master-key');
  });
});
