import { inspect } from 'node:util';
import type { HttpRequest } from '../http/http-call.port.ts';
import { scriptedHttp } from '../testing/scripted-http.ts';
import type { ScriptedAnswer } from '../testing/scripted-http.ts';
import { openKeystone } from './keystone.ts';
import type { KeystoneOptions } from './keystone.ts';

const START = Date.parse('2026-01-31T12:00:00Z');
const HOUR_MS = 3_600_000;
const IMAGE_URL = 'http://127.0.0.1/image';
const CATALOG = [{ type: 'image', name: 'glance', endpoints: [{ interface: 'public', region_id: 'RegionOne', url: IMAGE_URL }] }];

function tokenBody(user: string, expiresMs = START + HOUR_MS): unknown {
  const domain = { id: 'default', name: 'Default' };
  return {
    token: {
      user: { id: `id-of-${user}`, name: user, domain }, project: { id: 'p1', name: 'demo', domain },
      roles: [{ id: '1', name: 'member' }, { id: '2', name: 'reader' }], expires_at: new Date(expiresMs).toISOString(), catalog: CATALOG,
    },
  };
}

/** Answers in place of the Keystone below, unless it has nothing to say. */
type Play = (request: HttpRequest, count: number) => ScriptedAnswer | undefined;

/** A Keystone that knows every token starting with `good`, and a clock that only moves when told to. */
function aKeystone(options: Partial<KeystoneOptions> = {}, play: Play = () => undefined) {
  const clock = { ms: START };
  let logins = 0;
  const http = scriptedHttp((request, count) => {
    const played = play(request, count);
    if (played) return played;
    if (request.method === 'POST') {
      logins += 1;
      return { status: 201, headers: { 'x-subject-token': `own-${logins}` }, body: tokenBody('jeroboam', clock.ms + HOUR_MS) };
    }
    const subject = request.headers['x-subject-token']!;
    return subject.startsWith('good') ? { body: tokenBody(subject) } : { status: 404 };
  });
  const keystone = openKeystone({
    authUrl: 'http://keystone:5000', username: 'jeroboam', password: 'hush', projectName: 'service',
    http: http.call, now: () => clock.ms, ...options,
  });
  const questions = () => http.seen.filter(({ method }) => method === 'GET').length;
  const logIns = () => http.seen.filter(({ method }) => method === 'POST').length;
  return { keystone, http, clock, questions, logIns };
}

describe('openKeystone', () => {
  it('reads user, project, roles, expiry and catalog', async () => {
    const { keystone } = aKeystone();
    expect(await keystone.validate('good')).toEqual({
      userId: 'id-of-good', userName: 'good', userDomainId: 'default',
      projectId: 'p1', projectName: 'demo', projectDomainId: 'default', roles: ['member', 'reader'], expiresAt: '2026-01-31T13:00:00.000Z',
      catalog: [{ type: 'image', name: 'glance', endpoints: [{ interface: 'public', region: 'RegionOne', url: IMAGE_URL }] }],
    });
  });

  it.each(['', '/', '/v3', '/v3/'])('finds version 3 at an address that ends with %j', async (end) => {
    const { keystone, http } = aKeystone({ authUrl: `http://keystone:5000${end}` });
    await keystone.validate('good');
    const tokensUrl = 'http://keystone:5000/v3/auth/tokens';
    expect(http.seen.map(({ url }) => url)).toEqual([`${tokensUrl}?nocatalog`, tokensUrl]);
  });

  it('opens no connection before the first validation', () => {
    expect(aKeystone().http.seen).toEqual([]);
  });

  it('uses an answer for the time to live and no longer', async () => {
    const { keystone, clock, questions } = aKeystone({ cacheTtlSeconds: 60 });
    await keystone.validate('good');
    clock.ms += 59_999;
    await keystone.validate('good');
    expect(questions()).toBe(1);
    clock.ms += 1;
    await keystone.validate('good');
    expect(questions()).toBe(2);
  });

  it('uses no answer beyond the end of the token', async () => {
    const { keystone, clock, questions } = aKeystone({}, (request) =>
      request.method === 'GET' ? { body: tokenBody('short', START + 10_000) } : undefined);
    await keystone.validate('good');
    clock.ms += 10_000;
    expect(await keystone.validate('good')).toBe('invalid');
    expect(questions()).toBe(2);
  });

  it('takes a token that has expired where it may, and remembers that for nobody else', async () => {
    const { keystone, http, questions } = aKeystone({}, ({ method, url }) => {
      if (method !== 'GET') return undefined;
      return url.endsWith('?allow_expired=1') ? { body: tokenBody('old', START - 10_000) } : { status: 404 };
    });
    expect(await keystone.validate('old', { allowExpired: true })).toMatchObject({ userName: 'old' });
    expect(await keystone.validate('old', { allowExpired: true })).toMatchObject({ userName: 'old' });
    expect(questions()).toBe(1);
    expect(await keystone.validate('old')).toBe('invalid');
    expect(http.seen.filter(({ method }) => method === 'GET').map(({ url }) => url)).toEqual([
      'http://keystone:5000/v3/auth/tokens?allow_expired=1', 'http://keystone:5000/v3/auth/tokens',
    ]);
  });

  it('remembers briefly that a token is invalid', async () => {
    const { keystone, clock, questions } = aKeystone();
    await keystone.validate('bad');
    clock.ms += 4_999;
    expect(await keystone.validate('bad')).toBe('invalid');
    expect(questions()).toBe(1);
    clock.ms += 1;
    await keystone.validate('bad');
    expect(questions()).toBe(2);
  });

  it('keeps good tokens through a flood of made-up ones', async () => {
    const { keystone, questions } = aKeystone({ cacheSize: 10 });
    await keystone.validate('good');
    for (let i = 0; i < 2_000; i += 1) await keystone.validate(`bad-${i}`);
    const before = questions();
    await keystone.validate('good');
    expect(questions()).toBe(before);
  });

  it('forgets the token not used for longest when the cache is full', async () => {
    const { keystone, questions } = aKeystone({ cacheSize: 2 });
    for (const token of ['good-1', 'good-2', 'good-1', 'good-3', 'good-1']) await keystone.validate(token);
    expect(questions()).toBe(3);
    await keystone.validate('good-2');
    expect(questions()).toBe(4);
  });

  it('asks nobody about text that cannot be a token', async () => {
    const { keystone, http } = aKeystone();
    for (const text of ['', ' ', 'a b', 'a\r\nx-evil: 1', 'é', 'x'.repeat(16_385)]) expect(await keystone.validate(text)).toBe('invalid');
    expect(http.seen).toEqual([]);
  });

  it('asks once for all who ask at the same time, and lets a failure reach them all', async () => {
    const { keystone, questions } = aKeystone({}, ({ method }) => (method === 'GET' ? { fails: 'no answer within 5000 ms' } : undefined));
    const outcomes = await Promise.allSettled([keystone.validate('good'), keystone.validate('good')]);
    const reason = expect.objectContaining({ code: 'KEYSTONE_UNAVAILABLE' }) as Error;
    expect(outcomes).toEqual([{ status: 'rejected', reason }, { status: 'rejected', reason }]);
    expect(questions()).toBe(1);
  });

  it('asks again after a failure', async () => {
    const { keystone } = aKeystone({}, (_, count) => (count === 2 ? { status: 503 } : undefined));
    await expect(keystone.validate('good')).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
    expect(await keystone.validate('good')).toMatchObject({ userName: 'good' });
  });

  it('renews its own token before it expires', async () => {
    const { keystone, clock, logIns } = aKeystone({ cacheTtlSeconds: 0 });
    await keystone.validate('good');
    clock.ms += 0.8 * HOUR_MS - 1;
    await keystone.validate('good');
    expect(logIns()).toBe(1);
    clock.ms += 1;
    await keystone.validate('good-for-longer');
    expect(logIns()).toBe(2);
  });

  it('fetches one new token of its own when Keystone does not take the old one', async () => {
    const { keystone, http, logIns } = aKeystone({}, ({ headers }) => (headers['x-auth-token'] === 'own-1' ? { status: 401 } : undefined));
    expect(await keystone.validate('good')).toMatchObject({ userName: 'good' });
    expect(logIns()).toBe(2);
    expect(http.seen).toHaveLength(4);
  });

  it('is unavailable when Keystone takes no token of ours at all', async () => {
    const { keystone, http } = aKeystone({}, (request) => (request.method === 'GET' ? { status: 401 } : undefined));
    await expect(keystone.validate('good')).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
    expect(http.seen).toHaveLength(4);
  });

  it('does not try a refused password again at once', async () => {
    const { keystone, clock, logIns } = aKeystone({}, () => ({ status: 401 }));
    const refused = { code: 'KEYSTONE_UNAVAILABLE', message: expect.stringContaining('user name, password or project') as string };
    await expect(keystone.validate('good')).rejects.toMatchObject(refused);
    await expect(keystone.validate('good')).rejects.toMatchObject(refused);
    expect(logIns()).toBe(1);
    clock.ms += 5_000;
    await expect(keystone.validate('good')).rejects.toMatchObject(refused);
    expect(logIns()).toBe(2);
  });

  it.each<[string, ScriptedAnswer]>([
    ['status 500', { status: 500 }],
    ['no JSON', { body: '<html>' }],
    ['JSON that is no token', { body: { token: { user: {} } } }],
    ['a token without a moment of expiry', { body: { token: { user: { id: 'u1' }, expires_at: 'soon' } } }],
    ['a redirect', { status: 302 }],
  ])('is unavailable when the answer is %s', async (_, answer) => {
    const { keystone } = aKeystone({}, (request) => (request.method === 'GET' ? answer : undefined));
    await expect(keystone.validate('good')).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE', kind: 'unavailable' });
  });

  it.each<[string, ScriptedAnswer]>([
    ['status 500', { status: 500 }],
    ['no token', { status: 201, body: tokenBody('jeroboam') }],
    ['no moment of expiry', { status: 201, headers: { 'x-subject-token': 'own' } }],
  ])('is unavailable when its login gives %s', async (_, answer) => {
    const { keystone } = aKeystone({}, () => answer);
    await expect(keystone.validate('good')).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
  });

  it('shares one catalog between tokens that have the same', async () => {
    const { keystone } = aKeystone();
    const [one, other] = [await keystone.validate('good-1'), await keystone.validate('good-2')];
    if (one === 'invalid' || other === 'invalid') throw new Error('both are valid');
    expect(one.catalog).toBe(other.catalog);
  });

  it('shows neither password nor token when it is printed', async () => {
    const { keystone } = aKeystone();
    await keystone.validate('good-and-secret');
    const printed = inspect(keystone, { depth: 10, showHidden: true });
    expect(printed).not.toMatch(/hush|own-1|good-and-secret(?!')/);
  });
});
