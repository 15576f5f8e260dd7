import { inspect } from 'node:util';
import { Secret, systemTimers } from '@jeroboam/platform';
import type { Timers } from '@jeroboam/platform';
import type { HttpRequest } from '../http/http-call.port.ts';
import { scriptedHttp } from '../testing/scripted-http.ts';
import type { ScriptedAnswer } from '../testing/scripted-http.ts';
import type { CloudCredentials, Scope } from './credentials.ts';
import { openKeystoneSession } from './keystone-session.ts';
import type { KeystoneSessionOptions } from './keystone-session.ts';

const START = Date.parse('2026-01-31T12:00:00Z');
const HOUR_MS = 3_600_000;
const SECRET = 'hush-hush';
const PASSWORD: CloudCredentials = {
  kind: 'password', user: { username: 'jeroboam' }, password: new Secret(SECRET), scope: { projectName: 'demo' },
};
const APP_CREDENTIAL: CloudCredentials = { kind: 'application-credential', id: 'ac1', secret: new Secret(SECRET) };
const TRUST: CloudCredentials = { kind: 'trust', user: { userId: 'u1' }, password: new Secret(SECRET), trustId: 't1' };
const TOKEN: CloudCredentials = { kind: 'token', token: new Secret(SECRET) };

const endpoint = (region: string, face = 'public') => ({ interface: face, region_id: region, url: `http://${region}-${face}/v1/p1` });
const CATALOG = [{ type: 'orchestration', name: 'heat', endpoints: [endpoint('one'), endpoint('two'), endpoint('two', 'internal')] }];

function tokenBody(expiresMs: number): unknown {
  const user = { id: 'u1', name: 'jeroboam', domain: { id: 'default' } };
  const project = { id: 'p1', name: 'demo', domain: { id: 'default' } };
  return { token: { user, project, roles: [{ name: 'member' }], expires_at: new Date(expiresMs).toISOString(), catalog: CATALOG } };
}

type Play = (request: HttpRequest, count: number) => ScriptedAnswer | undefined;

/** A cloud that lets everybody in, and a clock that only moves when told to, or when it is waited for. */
function aSession(credentials: CloudCredentials = PASSWORD, play: Play = () => undefined, options: Partial<KeystoneSessionOptions> = {}) {
  const clock = { ms: START };
  let logIns = 0;
  const http = scriptedHttp((request, count) => {
    const played = play(request, count);
    if (played) return played;
    if (!request.url.endsWith('/auth/tokens')) return { status: 200 };
    logIns += 1;
    return { status: 201, headers: { 'x-subject-token': `token-${logIns}` }, body: tokenBody(clock.ms + HOUR_MS) };
  });
  const authUrl = 'http://keystone:5000/v3/';
  const timers: Timers = { after: (ms, callback) => systemTimers.after(0, () => ((clock.ms += ms), callback())) };
  const session = openKeystoneSession({ authUrl, credentials, http: http.call, now: () => clock.ms, timers, ...options });
  const stacks = () => session.request({ service: 'orchestration', method: 'GET', path: '/stacks' });
  return { session, http, clock, logIns: () => logIns, stacks };
}

const refuseFirstToken: Play = ({ headers }) => (headers['x-auth-token'] === 'token-1' ? { status: 401 } : undefined);

describe('openKeystoneSession', () => {
  it('asks nothing before the first request', () => {
    expect(aSession().http.seen).toEqual([]);
  });

  it.each([
    ['a password', PASSWORD, {
      identity: { methods: ['password'], password: { user: { name: 'jeroboam', domain: { name: 'Default' }, password: SECRET } } },
      scope: { project: { name: 'demo', domain: { name: 'Default' } } },
    }],
    ['an application credential', APP_CREDENTIAL, {
      identity: { methods: ['application_credential'], application_credential: { id: 'ac1', secret: SECRET } },
    }],
    ['a trust', TRUST, {
      identity: { methods: ['password'], password: { user: { id: 'u1', password: SECRET } } }, scope: { 'OS-TRUST:trust': { id: 't1' } },
    }],
  ])('logs in with %s', async (_, credentials, auth) => {
    const { http, stacks } = aSession(credentials);
    await stacks();
    expect(http.seen[0]).toMatchObject({ method: 'POST', url: 'http://keystone:5000/v3/auth/tokens' });
    expect(JSON.parse(http.seen[0]!.body!)).toEqual({ auth });
    expect(http.seen[1]).toMatchObject({ method: 'GET', url: 'http://one-public/v1/p1/stacks', headers: { 'x-auth-token': 'token-1' } });
  });

  it.each<[Scope, unknown]>([
    [{ projectId: 'p1' }, { project: { id: 'p1' } }], [{ domainName: 'bays' }, { domain: { name: 'bays' } }],
    [{ domainId: 'd1' }, { domain: { id: 'd1' } }], ['system', { system: { all: true } }],
  ])('acts in %j', async (scope, sent) => {
    const { http, session } = aSession({ ...PASSWORD, scope });
    await session.identity();
    expect(JSON.parse(http.seen[0]!.body!)).toMatchObject({ auth: { scope: sent } });
  });

  it('uses somebody else’s token after asking what it is', async () => {
    const { http, stacks } = aSession(TOKEN);
    await stacks();
    expect(http.seen[0]).toMatchObject({ method: 'GET', headers: { 'x-auth-token': SECRET, 'x-subject-token': SECRET } });
    expect(http.seen[1]!.headers['x-auth-token']).toBe(SECRET);
  });

  it('tells who it is', async () => {
    expect(await aSession().session.identity()).toMatchObject({ userId: 'u1', projectId: 'p1', roles: ['member'] });
  });

  const choices: [Partial<KeystoneSessionOptions>, string][] = [
    [{ region: 'two' }, 'two-public'], [{ region: 'two', interface: 'internal' }, 'two-internal'],
  ];
  it.each(choices)('goes to the address of %j', async (choice, host) => {
    const { http, stacks } = aSession(PASSWORD, () => undefined, choice);
    await stacks();
    expect(new URL(http.seen[1]!.url).host).toBe(host);
  });

  it('says what the catalog lacks', async () => {
    const { session, stacks } = aSession(PASSWORD, () => undefined, { region: 'three' });
    const message = expect.stringContaining('no public endpoint in region three') as string;
    await expect(stacks()).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE', message });
    const elsewhere = session.request({ service: 'key-manager', method: 'GET', path: '/' });
    await expect(elsewhere).rejects.toMatchObject({ details: { service: 'key-manager' } });
  });

  it('sends a body as JSON', async () => {
    const { http, session } = aSession();
    await session.request({ service: 'orchestration', method: 'POST', path: '/stacks', body: { a: 1 } });
    expect(http.seen[1]).toMatchObject({ body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  });

  it('logs in once for all who wait', async () => {
    const { logIns, stacks } = aSession();
    await Promise.all([stacks(), stacks(), stacks()]);
    expect(logIns()).toBe(1);
  });

  it('renews the token before it expires', async () => {
    const { clock, logIns, stacks } = aSession();
    await stacks();
    clock.ms += 0.79 * HOUR_MS;
    await stacks();
    expect(logIns()).toBe(1);
    clock.ms += 0.02 * HOUR_MS;
    await stacks();
    expect(logIns()).toBe(2);
  });

  it('logs in again once when a service does not take the token', async () => {
    const { http, logIns, stacks } = aSession(PASSWORD, refuseFirstToken);
    expect(await stacks()).toMatchObject({ status: 200 });
    expect(logIns()).toBe(2);
    expect(http.seen.at(-1)!.headers['x-auth-token']).toBe('token-2');
  });

  it('logs in a third time, a second later, since a token looks revoked that was made in the second of a revocation', async () => {
    const { logIns, clock, stacks } = aSession(PASSWORD, ({ url }) => (url.endsWith('/stacks') && clock.ms < START + 1_000 ? { status: 401 } : undefined));
    expect(await stacks()).toMatchObject({ status: 200 });
    expect(logIns()).toBe(3);
  });

  it('gives the 401 back when no fresh token is taken either', async () => {
    const { logIns, stacks } = aSession(PASSWORD, ({ url }) => (url.endsWith('/stacks') ? { status: 401 } : undefined));
    expect(await stacks()).toMatchObject({ status: 401 });
    expect(logIns()).toBe(3);
  });

  it('shares the new token among requests that failed with the old one', async () => {
    const { logIns, stacks } = aSession(PASSWORD, refuseFirstToken);
    await stacks();
    await Promise.all([stacks(), stacks()]);
    expect(logIns()).toBe(2);
  });

  it.each([400, 401, 403, 404])('says whose credentials are refused (%d), and does not ask again at once', async (status) => {
    const { clock, http, stacks } = aSession(APP_CREDENTIAL, () => ({ status }));
    const message = expect.stringContaining('application credential ac1') as string;
    const refused = { code: 'CLOUD_CREDENTIALS_REFUSED', kind: 'unavailable', message };
    await expect(stacks()).rejects.toMatchObject(refused);
    await expect(stacks()).rejects.toMatchObject(refused);
    expect(http.seen).toHaveLength(1);
    clock.ms += 5_000;
    await expect(stacks()).rejects.toMatchObject(refused);
    expect(http.seen).toHaveLength(2);
  });

  it.each<[string, ScriptedAnswer]>([
    ['cut off', { fails: 'cut' }], ['failing', { status: 500 }], ['no Keystone', { status: 201, body: 'hello' }],
  ])(
    'is unavailable while Keystone is %s', async (_, answer) => {
      await expect(aSession(PASSWORD, () => answer).stacks()).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
    },
  );

  it('says which service gave no answer', async () => {
    const { stacks } = aSession(PASSWORD, ({ url }) => (url.endsWith('/stacks') ? { fails: 'no answer within 10000 ms' } : undefined));
    await expect(stacks()).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE', details: { service: 'orchestration' } });
  });

  it.each([PASSWORD, APP_CREDENTIAL, TRUST, TOKEN])('shows no secret, in itself or in errors ($kind)', async (credentials) => {
    const { session, stacks } = aSession(credentials, () => ({ status: 401, body: { error: { message: SECRET } } }));
    const error: unknown = await stacks().catch((caught: unknown) => caught);
    expect(inspect([session, error, credentials], { depth: 10, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify([session, error, credentials])).not.toContain(SECRET);
  });
});
