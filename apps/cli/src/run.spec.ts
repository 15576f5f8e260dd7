import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from './run.ts';
import { FakeCloud, magnumError } from './testing/fake-cloud.ts';
import { runHere } from './testing/run-here.ts';

let cloud: FakeCloud;
beforeEach(async () => {
  cloud = await FakeCloud.open();
  cloud.on('GET /v1/drivers', { body: [] });
});
afterEach(() => cloud.close());

describe('jeroboam', () => {
  it.each([['--help'], ['-h'], ['events', '--help']])('shows help on standard output and succeeds: %j', async (...args) => {
    const { status, stdout, stderr } = await runHere(args.flat());
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Usage: jeroboam');
  });

  it('gives examples in its help', async () => {
    expect((await runHere(['--help'])).stdout).toMatch(/Examples:[^]+jeroboam events bay\/web --follow/);
  });

  it('takes no password on the command line, where other users would see it', async () => {
    expect((await runHere(['--help'])).stdout).not.toContain('--os-password');
    expect((await runHere(['drivers', '--os-password', 'x'])).status).toBe(2);
  });

  it('shows its version', async () => {
    expect(await runHere(['--version'])).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  const wrong = [[[]], [['evnts']], [['events']], [['events', 'a', 'b']], [['drivers', '--jsn']]];
  it.each(wrong)('exits with 2, saying what is wrong, when asked for %j', async (args) => {
    const { status, stdout, stderr } = await runHere(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('help');
  });

  it('exits with 2 and names everything that is not set', async () => {
    const { status, stderr } = await runHere(['drivers'], { env: { OS_USERNAME: 'ada' } });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'Error: It is not said which cloud to ask and as whom: OS_AUTH_URL, OS_PASSWORD, OS_PROJECT_NAME are not set.\n' +
      'Run `. ./openrc` in the folder where the service was started, or set the OS_* variables of your cloud.\n',
    );
  });

  it('logs in with a password for a project and asks the service that the catalog names', async () => {
    expect((await runHere(['drivers'], { env: cloud.env })).status).toBe(0);
    const [login, request] = cloud.asked;
    expect(JSON.parse(login!.body)).toEqual({
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'ada', domain: { name: 'Default' }, password: 'secret' } } },
        scope: { project: { name: 'engines', domain: { name: 'Default' } } },
      },
    });
    const headers = { 'x-auth-token': 'token-1', 'openstack-api-version': 'container-infra latest, bay-ops 1.0' };
    expect(request).toMatchObject({ path: '/v1/drivers', headers });
  });

  it('lets options win over variables', async () => {
    await runHere(['drivers', '--os-project-id', 'p9', '--os-username', 'bob'], { env: cloud.env });
    const { auth } = JSON.parse(cloud.asked[0]!.body);
    expect(auth).toMatchObject({ identity: { password: { user: { name: 'bob' } } }, scope: { project: { id: 'p9' } } });
  });

  it('asks no Keystone when it has a token and an address', async () => {
    const { status } = await runHere(['drivers'], { env: { OS_TOKEN: 'given', JEROBOAM_ENDPOINT: `${cloud.url}/v1` } });
    expect(status).toBe(0);
    expect(cloud.asked.map(({ path, headers }) => [path, headers['x-auth-token']])).toEqual([['/v1/drivers', 'given']]);
  });

  it('turns a token into one for the project', async () => {
    await runHere(['drivers'], { env: { ...cloud.env, OS_TOKEN: 'given' } });
    const { identity, scope } = JSON.parse(cloud.asked[0]!.body).auth;
    expect(identity).toEqual({ methods: ['token'], token: { id: 'given' } });
    expect(scope).toMatchObject({ project: { name: 'engines' } });
  });

  it('falls back to the nearest openrc above, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cli-'));
    await mkdir(join(folder, 'deep', 'openrc'), { recursive: true });
    const lines = Object.entries(cloud.env).map(([name, value]) => `export ${name}="${value}"\n`);
    await writeFile(join(folder, 'openrc'), lines.join(''));
    const { status, stderr } = await runHere(['drivers'], { folder: join(folder, 'deep') });
    await rm(folder, { recursive: true });
    expect(status).toBe(0);
    expect(stderr).toContain(`Using ${folder}/openrc, because OS_AUTH_URL is not set.`);
  });

  it('says who was not let in, and what to check', async () => {
    cloud.on('POST /identity/v3/auth/tokens', { status: 401, body: { error: { code: 401, message: 'No such user.' } } });
    const { status, stderr } = await runHere(['drivers'], { env: cloud.env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/does not accept ada: No such user\.\nCheck OS_USERNAME, OS_PASSWORD/);
    expect(stderr).not.toContain('secret');
  });

  it('says where nobody answers', async () => {
    const { env } = cloud;
    await cloud.close();
    const { status, stderr } = await runHere(['drivers'], { env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Nobody answers at http:\/\/127\.0\.0\.1:\d+, where Keystone should be\.\nIs it running\?/);
    cloud = await FakeCloud.open();
  });

  it('says what the catalog lacks', async () => {
    const { stderr } = await runHere(['drivers', '--os-region-name', 'Mars'], { env: cloud.env });
    expect(stderr).toMatch(/no public endpoint of type container-infra in region Mars\.\nName the address of the service/);
  });

  it('says when something else listens at the address', async () => {
    cloud.on('GET /v1/drivers', (response) => void response.end('<html>'));
    const { status, stderr } = await runHere(['drivers'], { env: cloud.env });
    expect(status).toBe(1);
    expect(stderr).toContain('is not the service');
  });

  it('gives a refusal in the words of the service, with the id of the request', async () => {
    const body = magnumError(404, 'Operation op1 could not be found.');
    cloud.on('GET /v1/operations/op1', { status: 404, headers: { 'x-openstack-request-id': 'req-7' }, body });
    const { status, stdout, stderr } = await runHere(['operation', 'op1'], { env: cloud.env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: Operation op1 could not be found\. \(request req-7\)\n/);
  });

  it('logs in once more when its token is not accepted any longer', async () => {
    cloud.on('GET /v1/drivers', { status: 401, body: { error: { message: 'expired' } } }, { body: [] });
    expect((await runHere(['drivers'], { env: cloud.env })).status).toBe(0);
    expect(cloud.asked.map(({ headers }) => headers['x-auth-token'])).toEqual([undefined, 'token-1', undefined, 'token-2']);
  });

  it.each([
    ['OS_AUTH_URL', 'keystone'], ['JEROBOAM_ENDPOINT', 'ftp://x'],
  ])('refuses a %s that is no address', async (name, value) => {
    const { status, stderr } = await runHere(['drivers'], { env: { ...cloud.env, [name]: value } });
    expect(status).toBe(2);
    expect(stderr).toContain(`${name} is not an address: ${value}`);
  });

  it('refuses a certificate authority that it cannot read', async () => {
    const { status, stderr } = await runHere(['drivers', '--os-cacert', '/nowhere/ca.pem'], { env: cloud.env });
    expect(status).toBe(2);
    expect(stderr).toContain('OS_CACERT (/nowhere/ca.pem)');
  });

  it('stops quietly when nobody reads on', async () => {
    expect(await runInto('EPIPE')).toEqual({ status: 0, said: '' });
  });

  it('does not pass over data that could not be written', async () => {
    expect(await runInto('ENOSPC')).toEqual({ status: 1, said: 'Error: The output cannot be written: ENOSPC\n' });
  });
});

/** Lists drivers to an output whose writes fail. */
async function runInto(code: string): Promise<{ readonly status: number; readonly said: string }> {
  let said = '';
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
  const stderr = new Writable({ write: (chunk, _encoding, done) => { said += String(chunk); done(); } });
  const status = await run(['drivers'], { env: cloud.env, folder: '/nowhere', stdout, stderr, sleep: () => Promise.resolve() });
  return { status, said };
}
