import { inspect } from 'node:util';
import { Secret } from '../config/secret.ts';
import { isSecretName, redact, redactText } from './redact.ts';

describe('isSecretName', () => {
  it.each([
    'token',
    'X-Auth-Token',
    'x-subject-token',
    'authorization',
    'userPassword',
    'admin_password',
    'clientSecret',
    'secretValue',
    'key',
    'apiKey',
    'private_key',
    'set-cookie',
  ])('knows %s for a secret', (name) => expect(isSecretName(name)).toBe(true));
  it.each(['tokenId', 'secretName', 'sort_key', 'publicKey', 'idempotencyKey', 'keypair', 'monkey', 'bayId', 'tokenCount', 'keystoneUrl'])(
    'lets %s be read',
    (name) => expect(isSecretName(name)).toBe(false),
  );
});

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';

describe('redactText', () => {
  it.each([
    [`before ${PEM} after`, 'before [redacted] after'],
    [JSON.stringify({ pem: PEM }), '{"pem":"[redacted]"}'],
    ['cut -----BEGIN PRIVATE KEY-----\nMIIE', 'cut [redacted]'],
    ['nats://scheduler:hunter2@bus:4222', 'nats://[redacted]@bus:4222'],
    ['X-Auth-Token: gAAAAB1 sent', 'X-Auth-Token: [redacted] sent'],
    ['{"Authorization":"Bearer abc.def"}', '{"Authorization":"[redacted]"}'],
  ])('takes the secret out of %j', (text, clean) => expect(redactText(text)).toBe(clean));

  it('keeps certificates, which are public', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----';
    expect(redactText(certificate)).toBe(certificate);
  });

  it('cuts a long text and says by how much', () => {
    expect(redactText('x'.repeat(20_000))).toBe(`${'x'.repeat(16_384)}… (3616 more characters)`);
  });

  it('stays quick on a hostile text', () => {
    expect(redactText('-----BEGIN '.repeat(20_000)).length).toBeLessThan(17_000);
  });
});

describe('redact', () => {
  it('finds secrets at any depth and keeps the rest as plain JSON', () => {
    const value = {
      bayId: 'b1',
      at: new Date('2026-01-31T12:00:00Z'),
      big: 12n,
      none: null,
      hasPassword: true,
      nested: [{ password: 'hunter2' }, new Map([['token', 'abc']])],
      tags: new Set(['a']),
      bytes: Buffer.from('abc'),
      wrapped: new Secret('hunter2'),
      config: { pem: PEM },
      password: undefined,
      key: null,
    };
    expect(redact(value)).toEqual({
      bayId: 'b1',
      at: '2026-01-31T12:00:00.000Z',
      big: '12',
      none: null,
      hasPassword: true,
      nested: [{ password: '[redacted]' }, { token: '[redacted]' }],
      tags: ['a'],
      bytes: '[3 bytes]',
      wrapped: '[redacted]',
      config: { pem: '[redacted]' },
      password: undefined,
      key: null,
    });
  });

  it('shows an error with its own fields, its stack and its cause, all without secrets', () => {
    const cause = new TypeError('cannot reach nats://u:p@bus');
    const error = Object.assign(new Error(`bad key ${PEM}`, { cause }), { code: 'BAD', details: { token: 'abc' } });
    const shown = redact(error) as Record<string, unknown>;
    expect(shown).toMatchObject({
      type: 'Error',
      message: 'bad key [redacted]',
      code: 'BAD',
      details: { token: '[redacted]' },
      cause: { type: 'TypeError', message: 'cannot reach nats://[redacted]@bus' },
    });
    expect(JSON.stringify(shown)).not.toContain('MIIEow');
    expect(shown['stack']).toContain('redact.spec.ts');
  });

  it('ends on values without an end', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(JSON.stringify(redact(loop))).toContain('[too deep]');
    const list = redact(Array.from({ length: 1_000 }, (_, i) => i)) as unknown[];
    expect(list).toHaveLength(101);
    expect(list.at(-1)).toBe('… (900 more)');
  });
});

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('shows nothing in JSON, inspection and texts', () => {
    const shown = [JSON.stringify({ secret }), inspect({ secret }), [secret].join(), String(secret), Object.values(secret).join()];
    expect(shown).toEqual(['{"secret":"[redacted]"}', '{ secret: [redacted] }', '[redacted]', '[redacted]', '']);
  });

  it('gives its value when asked', () => {
    expect(secret.reveal()).toBe('hunter2');
  });
});
