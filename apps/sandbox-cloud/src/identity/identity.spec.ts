import { stableId } from '../cloud/stable-id.ts';
import { openInjectedSandbox, passwordLogIn } from '../testing/injected-sandbox.ts';
import type { InjectedSandbox } from '../testing/injected-sandbox.ts';

const START = Date.parse('2026-01-31T12:00:00Z');
const DEMO = stableId('project', 'demo');
const UNAUTHORIZED = { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } };

const clock = { ms: START };
let sandbox: InjectedSandbox;
let admin: string;
let member: string;
let service: string;

beforeAll(async () => {
  sandbox = await openInjectedSandbox({ now: () => clock.ms });
});
beforeEach(async () => {
  clock.ms = START;
  admin = await sandbox.logIn('admin', 'admin');
  member = await sandbox.logIn('demo', 'demo');
  service = await sandbox.logIn('jeroboam', 'service');
});
afterAll(() => sandbox.close());

const logIn = (body: unknown) => sandbox.send('POST', '/v3/auth/tokens', { body });
const withIdentity = (identity: object) => ({ auth: { identity } });
const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name);

describe('discovery', () => {
  it('offers version 3 of the identity API as the only choice', async () => {
    const { status, json } = await sandbox.get('/');
    expect(status).toBe(300);
    const links = [{ rel: 'self', href: 'http://sandbox.test/v3/' }];
    expect(json.versions.values).toMatchObject([{ id: 'v3.14', status: 'stable', links }]);
    expect((await sandbox.get('/v3/')).json.version).toEqual(json.versions.values[0]);
  });

  it('gives every answer a request id', async () => {
    expect((await sandbox.get('/nowhere')).headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
  });
});

describe('logging in', () => {
  it('gives a token with user, project, expanded roles and catalog', async () => {
    const { status, headers, json } = await logIn(passwordLogIn('admin', 'demo'));
    expect(status).toBe(201);
    expect(headers['x-subject-token']).toMatch(/^[\w-]{64}$/);
    const domain = { id: 'default', name: 'Default' };
    expect(json.token).toMatchObject({
      methods: ['password'], user: { id: stableId('user', 'admin'), name: 'admin', domain }, project: { id: DEMO, name: 'demo', domain },
      issued_at: '2026-01-31T12:00:00.000000Z', expires_at: '2026-01-31T13:00:00.000000Z',
    });
    expect(names(json.token.roles)).toEqual(['admin', 'member', 'reader']);
    const catalog = json.token.catalog as { type: string; endpoints: { url: string }[] }[];
    const urls = Object.fromEntries(catalog.map(({ type, endpoints }) => [type, endpoints[0]!.url]));
    expect(urls).toEqual({
      identity: 'http://sandbox.test/v3', 'container-infra': 'http://magnum.test/v1', image: 'http://sandbox.test/image',
      compute: 'http://sandbox.test/compute/v2.1', network: 'http://sandbox.test/network',
      volumev3: `http://sandbox.test/volume/v3/${stableId('project', 'demo')}`, 'load-balancer': 'http://sandbox.test/load-balancer',
      orchestration: `http://sandbox.test/orchestration/v1/${stableId('project', 'demo')}`,
    });
  });

  it('takes ids in place of names', async () => {
    const user = { id: stableId('user', 'demo'), password: 'secret' };
    const { json } = await logIn({ auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { id: DEMO } } } });
    expect(json.token.project.id).toBe(DEMO);
  });

  it('leaves out the catalog when asked to', async () => {
    const { json } = await sandbox.send('POST', '/v3/auth/tokens?nocatalog', { body: passwordLogIn('demo', 'demo') });
    expect(json.token).not.toHaveProperty('catalog');
  });

  it('gives a token without a scope neither project, roles nor catalog', async () => {
    const { json } = await logIn(passwordLogIn('demo'));
    for (const key of ['project', 'roles', 'catalog']) expect(json.token).not.toHaveProperty(key);
  });

  it('exchanges a token for one in another project, which does not live longer', async () => {
    const first = await sandbox.logIn('admin');
    clock.ms += 60_000;
    const { json } = await logIn({ auth: { identity: { methods: ['token'], token: { id: first } }, scope: { project: { id: DEMO } } } });
    expect(json.token).toMatchObject({ methods: ['password', 'token'], project: { id: DEMO }, expires_at: '2026-01-31T13:00:00.000000Z' });
    expect(json.token.audit_ids).toHaveLength(2);
  });

  it.each([
    ['a wrong password', passwordLogIn('demo', 'demo', 'wrong')],
    ['an unknown user', passwordLogIn('nobody', 'demo')],
    ['an unknown user without a password', passwordLogIn('nobody', 'demo', '')],
    ['a project in which the user has no role', passwordLogIn('demo', 'other')],
    ['a project that is not there', passwordLogIn('demo', 'nowhere')],
    ['a name without its domain', withIdentity({ methods: ['password'], password: { user: { name: 'demo', password: 'secret' } } })],
    ['a made-up token', withIdentity({ methods: ['token'], token: { id: 'made-up' } })],
    ['the scope of a domain to a member', { auth: { ...(passwordLogIn('demo') as { auth: object }).auth, scope: { domain: { id: 'default' } } } }],
  ])('refuses %s without saying what is wrong', async (_, body) => {
    const headers = { 'www-authenticate': 'Keystone uri="http://sandbox.test/v3"' };
    expect(await logIn(body)).toMatchObject({ status: 401, json: UNAUTHORIZED, headers });
  });

  it('refuses a method it does not know', async () => {
    const { status, json } = await logIn(withIdentity({ methods: ['totp'] }));
    expect({ status, title: json.error.title }).toEqual({ status: 401, title: 'Unauthorized' });
  });

  it('refuses two methods that mean two users', async () => {
    const { auth } = passwordLogIn('demo') as { auth: { identity: object } };
    const both = withIdentity({ ...auth.identity, methods: ['password', 'token'], token: { id: admin } });
    expect((await logIn(both)).status).toBe(401);
  });

  it.each([[{}], [{ auth: {} }], [withIdentity({ methods: ['password'] })], [[]], [undefined]])('answers 400 to %j', async (body) => {
    expect(await logIn(body)).toMatchObject({ status: 400, json: { error: { code: 400, title: 'Bad Request' } } });
  });

  it('answers 400 to what is no JSON', async () => {
    const answer = await sandbox.send('POST', '/v3/auth/tokens', { headers: { 'content-type': 'application/json' }, body: '{"auth"' });
    expect(answer).toMatchObject({ status: 400, json: { error: { message: expect.stringContaining('Expecting to find valid JSON') as string } } });
  });
});

describe('asking about a token', () => {
  const ask = (subject: string, token: string) => sandbox.get('/v3/auth/tokens', token, { 'x-subject-token': subject });

  it.each(['service', 'admin'])('is allowed to %s', async (role) => {
    const answer = await ask(member, role === 'admin' ? admin : service);
    expect(answer).toMatchObject({
      status: 200, headers: { 'x-subject-token': member }, json: { token: { user: { name: 'demo' }, project: { name: 'demo' } } },
    });
    expect(names(answer.json.token.roles)).toEqual(['member', 'reader']);
  });

  it('is allowed to the token itself, and to no other', async () => {
    expect((await ask(member, member)).status).toBe(200);
    const message = 'You are not authorized to perform the requested action: identity:validate_token.';
    expect(await ask(service, member)).toMatchObject({ status: 403, json: { error: { code: 403, message, title: 'Forbidden' } } });
  });

  it('finds nothing for a made-up token, and does not repeat it', async () => {
    const answer = await ask('made-up', service);
    expect(answer).toMatchObject({ status: 404, json: { error: { code: 404, title: 'Not Found' } } });
    expect(answer.text).not.toContain('made-up');
  });

  it('answers HEAD with the same and no body', async () => {
    const head = await sandbox.send('HEAD', '/v3/auth/tokens', { token: service, headers: { 'x-subject-token': member } });
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
  });

  it('finds an expired token no more, and lets it do nothing', async () => {
    clock.ms += 3_600_000;
    const renewed = await sandbox.logIn('jeroboam', 'service');
    expect((await ask(member, renewed)).status).toBe(404);
    expect((await ask(renewed, member)).status).toBe(401);
  });

  it('finds a revoked token no more, and lets it do nothing', async () => {
    const headers = { 'x-subject-token': member, 'content-type': 'application/json' };
    const revoke = () => sandbox.send('DELETE', '/v3/auth/tokens', { token: member, headers });
    expect((await revoke()).status).toBe(204);
    expect((await ask(member, service)).status).toBe(404);
    expect(await revoke()).toMatchObject({ status: 401, json: UNAUTHORIZED });
  });
});

describe('what belongs to a token', () => {
  it('is its catalog, unless it has no scope', async () => {
    expect((await sandbox.get('/v3/auth/catalog', member)).json.catalog).toHaveLength(8);
    expect((await sandbox.get('/v3/auth/catalog', await sandbox.logIn('demo'))).status).toBe(403);
  });

  it('is the projects it can be exchanged for', async () => {
    expect(names((await sandbox.get('/v3/auth/projects', await sandbox.logIn('admin'))).json.projects)).toEqual(['admin', 'demo']);
  });
});

describe('reading the identity service', () => {
  it.each([
    ['users', ['admin', 'demo', 'demo2', 'reader', 'other', 'jeroboam']],
    ['projects', ['admin', 'service', 'demo', 'other']],
    ['roles', ['admin', 'member', 'reader', 'service']],
    ['domains', ['Default', 'bays']],
    ['services', ['keystone', 'magnum', 'glance', 'nova', 'neutron', 'cinderv3', 'octavia', 'heat']],
  ])('lists and shows %s to administrators only', async (collection, expected) => {
    const { json } = await sandbox.get(`/v3/${collection}`, admin);
    expect(names(json[collection])).toEqual(expected);
    const [first] = json[collection];
    expect((await sandbox.get(`/v3/${collection}/${first.id}`, admin)).json).toEqual({ [collection.replace(/s$/, '')]: first });
    expect(names((await sandbox.get(`/v3/${collection}?name=${expected[0]}`, admin)).json[collection])).toEqual([expected[0]]);
    expect((await sandbox.get(`/v3/${collection}`, member)).status).toBe(403);
    expect((await sandbox.get(`/v3/${collection}/nowhere`, admin)).status).toBe(404);
    expect((await sandbox.get(`/v3/${collection}`)).status).toBe(401);
  });

  it('lists endpoints of every interface, and shows each', async () => {
    const { json } = await sandbox.get('/v3/endpoints?interface=internal', admin);
    expect(json.endpoints).toHaveLength(8);
    expect((await sandbox.get(`/v3/endpoints/${json.endpoints[0].id}`, admin)).json.endpoint).toEqual(json.endpoints[0]);
    expect((await sandbox.get('/v3/endpoints/nowhere', admin)).status).toBe(404);
  });

  it('lists and shows the one region to everybody', async () => {
    const { json } = await sandbox.get('/v3/regions', member);
    expect(json.regions).toMatchObject([{ id: 'RegionOne' }]);
    expect((await sandbox.get('/v3/regions/RegionOne', member)).json.region).toEqual(json.regions[0]);
    expect((await sandbox.get('/v3/regions/nowhere', member)).status).toBe(404);
  });

  it('shows a user who is no administrator only itself and its projects', async () => {
    const [demo, other] = [stableId('user', 'demo'), stableId('user', 'other')];
    expect((await sandbox.get(`/v3/users/${demo}`, member)).json.user.name).toBe('demo');
    expect(names((await sandbox.get(`/v3/users/${demo}/projects`, member)).json.projects)).toEqual(['demo']);
    expect((await sandbox.get(`/v3/projects/${DEMO}`, member)).json.project.name).toBe('demo');
    for (const path of [`users/${other}`, `users/${other}/projects`, `projects/${stableId('project', 'other')}`]) {
      expect((await sandbox.get(`/v3/${path}`, member)).status).toBe(403);
    }
  });

  it('lists who has which role where, with names and implied roles when asked for', async () => {
    const roles = async (query: string) => (await sandbox.get(`/v3/role_assignments?${query}`, admin)).json.role_assignments;
    expect(await roles('')).toHaveLength(7);
    const [granted, ...more] = await roles(`user.id=${stableId('user', 'demo')}&include_names=True`);
    expect(more).toEqual([]);
    expect(granted).toMatchObject({
      role: { name: 'member' }, user: { name: 'demo', domain: { name: 'Default' } }, scope: { project: { id: DEMO, name: 'demo' } },
    });
    expect(await roles(`user.id=${stableId('user', 'demo')}&effective`)).toHaveLength(2);
    expect(await roles('scope.system=all')).toEqual([]);
    expect((await sandbox.get('/v3/role_assignments', member)).status).toBe(403);
  });
});
