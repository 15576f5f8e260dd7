import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCloud } from '../testing/fake-cloud.ts';
import { runHere } from '../testing/run-here.ts';

const SHOW = {
  name: 'join-state', help: 'Show who has joined.', method: 'GET', path: '/v1/clusters/{ident}/ext/swarm/join-state',
  args_schema: { type: 'object', properties: { role: { type: 'string', enum: ['manager', 'worker'] }, limit: { type: 'integer' }, deep: { type: 'boolean' } } },
  response_columns: ['managers', 'nodes'],
};
const PROMOTE = {
  name: 'promote', help: 'Make a worker a manager.', method: 'POST', path: '/v1/clusters/{ident}/ext/swarm/promote', response_columns: [],
  args_schema: { type: 'object', properties: { node: { type: 'string', description: 'name of a worker' } }, required: ['node'] },
};
const swarm = { alias: 'swarm', description: 'Who manages.', commands: [SHOW, PROMOTE] };
const demo = { alias: 'demo', description: 'A demo.', commands: [{ ...SHOW, path: '/v1/clusters/{ident}/ext/demo/join-state' }] };

let cloud: FakeCloud;
let home: string;
beforeEach(async () => {
  cloud = await FakeCloud.open();
  home = mkdtempSync(join(tmpdir(), 'jeroboam-home-'));
  given(swarm);
});
afterEach(async () => {
  await cloud.close();
  rmSync(home, { recursive: true });
});

function given(...extensions: readonly unknown[]): void {
  cloud.on('GET /v1/extensions', { body: { extensions }, headers: { etag: `"${JSON.stringify(extensions).length}"` } });
}

const jeroboam = (...args: readonly string[]) => runHere(['ext', ...args], { env: { ...cloud.env, XDG_CACHE_HOME: home } });
const timesAsked = () => cloud.asked.filter(({ path }) => path === '/v1/extensions').length;
const copyFile = () => join(home, 'jeroboam', readdirSync(join(home, 'jeroboam'))[0]!);
function age(ms: number): void {
  const copy = JSON.parse(readFileSync(copyFile(), 'utf8')) as { fetchedAtMs: number };
  writeFileSync(copyFile(), JSON.stringify({ ...copy, fetchedAtMs: copy.fetchedAtMs - ms }));
}

describe('jeroboam ext', () => {
  it('shows what a driver shows', async () => {
    cloud.on('GET /v1/clusters/web/ext/swarm/join-state', { body: { managers: '1 of 1', nodes: [{ name: 'm0', role: 'manager' }, { name: 'w0', role: 'worker' }] } });
    const { status, stdout } = await jeroboam('swarm', 'join-state', 'bay/web', '--role', 'worker', '--limit', '3', '--deep');
    expect(status).toBe(0);
    expect(stdout).toBe(['managers  1 of 1', 'nodes', '  NAME  ROLE', '  m0    manager', '  w0    worker', ''].join('\n'));
    expect(cloud.asked.at(-1)!.path).toBe('/v1/clusters/web/ext/swarm/join-state?role=worker&limit=3&deep=true');
  });

  it('has a driver do something, and says where that can be watched', async () => {
    cloud.on('POST /v1/clusters/web/ext/swarm/promote', { status: 202, body: { uuid: 'b1' }, headers: { 'operation-id': 'op-1' } });
    const { status, stdout, stderr } = await jeroboam('swarm', 'promote', 'web', '--node', 'default-worker-0');
    expect([status, stdout]).toEqual([0, 'op-1\n']);
    expect(stderr).toContain('jeroboam operation op-1');
    expect(JSON.parse(cloud.asked.at(-1)!.body)).toEqual({ node: 'default-worker-0' });
    expect(JSON.parse((await jeroboam('swarm', 'promote', 'web', '--node', 'x', '--json')).stdout)).toEqual({ uuid: 'b1', operation_id: 'op-1' });
  });

  it.each([
    [['swarm', 'promote', 'web'], "required option '--node <string>' not specified"],
    [['swarm', 'join-state', 'web', '--limit', 'many'], 'It must be a whole number.'],
    [['swarm', 'join-state', 'web', '--role', 'boss'], 'Allowed choices are manager, worker.'],
    [['swarm', 'promote', 'web', '--force', '--node', 'x'], "unknown option '--force'"],
    [['swarm', 'explode', 'web'], "unknown command 'explode'"],
  ])('refuses %j before the service is asked to do anything', async (args, said) => {
    const { status, stderr } = await jeroboam(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(cloud.asked.filter(({ path }) => path.includes('/ext/'))).toEqual([]);
  });

  it('grows and loses commands with what the service has, without another client', async () => {
    expect((await jeroboam('--help')).stdout).toContain('swarm');
    given(swarm, demo);
    expect((await jeroboam('demo', 'join-state', '--help')).stdout).toContain('Show who has joined.');
    given(swarm);
    age(60 * 60 * 1_000);
    expect((await jeroboam('demo', 'join-state', 'web')).stderr).toContain("unknown command 'demo'");
    expect((await jeroboam('--help')).stdout).not.toContain('demo');
  });

  it('asks once in an hour, and then whether anything has changed', async () => {
    await jeroboam('--help');
    await jeroboam('--help');
    expect(timesAsked()).toBe(1);
    age(60 * 60 * 1_000);
    cloud.on('GET /v1/extensions', (response) => { response.writeHead(304).end(); });
    expect((await jeroboam('--help')).stdout).toContain('swarm');
    expect(cloud.asked.at(-1)!.headers['if-none-match']).toBe(`"${JSON.stringify([swarm]).length}"`);
    await jeroboam('--help');
    expect(timesAsked()).toBe(2);
  });

  it('makes do with its copy where the service is away', async () => {
    await jeroboam('--help');
    age(60 * 60 * 1_000);
    const { env } = cloud;
    await cloud.close();
    const { status, stdout, stderr } = await runHere(['ext', 'swarm', '--help'], { env: { ...env, XDG_CACHE_HOME: home } });
    cloud = await FakeCloud.open();
    expect([status, stdout]).toEqual([0, expect.stringContaining('promote')]);
    expect(stderr).toContain('cannot be reached');
  });

  it.each<[string, unknown]>([
    ['leads out of its place', { ...SHOW, path: '/v1/clusters/{ident}/ext/swarm/../../../quotas' }],
    ['leads out of its place', { ...SHOW, path: '/v1/quotas' }],
    ['leads out of its place', { ...SHOW, path: '/v1/clusters/{ident}/ext/other/join-state' }],
    ['leads out of its place', { ...SHOW, path: 'https://elsewhere.invalid/v1/clusters/{ident}/ext/swarm/x' }],
    ['neither GET nor POST', { ...SHOW, method: 'DELETE' }],
    ['argument json is malformed', { ...SHOW, args_schema: { properties: { json: { type: 'string' } } } }],
    ['argument a is malformed', { ...SHOW, args_schema: { properties: { a: { type: 'object' } } } }],
    ['malformed', { ...SHOW, name: '--help' }],
    ['malformed', null],
  ])('leaves out a command that %s, and keeps the others', async (why, command) => {
    given({ ...swarm, commands: [command, PROMOTE] }, { alias: 'BAD' });
    cloud.on('POST /v1/clusters/web/ext/swarm/promote', { status: 202, body: { uuid: 'b1' }, headers: { 'operation-id': 'op-1' } });
    const { status, stdout, stderr } = await jeroboam('swarm', 'promote', 'web', '--node', 'x');
    expect([status, stdout]).toEqual([0, 'op-1\n']);
    expect(stderr).toContain(why);
    expect(stderr).toContain('Extension 2 is malformed and left out.');
  });

  it('asks for nothing when another command is used', async () => {
    cloud.on('GET /v1/drivers', { body: [] });
    expect((await runHere(['drivers'], { env: cloud.env })).status).toBe(0);
    expect(timesAsked()).toBe(0);
  });
});
