import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ApiClient, login } from './harness/client.ts';
import { badlyEnded, brokenChains, readLog } from './harness/history.ts';
import { removeBays, unableBecause } from './harness/local-swarm.ts';
import { EmbeddedProcess } from './harness/process.ts';

const run = promisify(execFile);
const STEPS = ['issue-candidate-authority', 'trust-both-authorities', 'withdraw-old-authority', 'forget-old-authority'];

type Events = Awaited<ReturnType<typeof readLog>>;

async function untilTrue(what: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await what())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await sleep(20);
  }
}

describe('the rotation of a CA', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  });
  afterAll(() => jeroboam?.stop());

  const ca = async (bayId: string) => (await api.call('GET', `/v1/certificates/${bayId}`)).body['pem'];
  const rotate = async (bayId: string) => expect((await api.call('PATCH', `/v1/certificates/${bayId}`)).status).toBe(202);
  const ofBay = async (bayId: string): Promise<Events> => (await readLog(jeroboam.dataDir)).filter(({ stream }) => stream.endsWith(bayId));
  const candidates = (events: Events) => events.filter(({ type }) => type === 'AuthorityRotationStarted').map(({ data }) => data['fingerprint']);

  async function aBay(labels: Record<string, string> = {}): Promise<string> {
    const bayId = await api.createBay(await api.fakeTemplate(labels), { name: 'rotated', node_count: 1 });
    await api.until(bayId, ['CREATE_COMPLETE']);
    return bayId;
  }

  it('answers with the old CA until it is through, and with the new one from then on', async () => {
    const bayId = await aBay({ fake_step_ms: '100' });
    const old = await ca(bayId);
    await rotate(bayId);
    expect(await ca(bayId)).toBe(old);
    await api.until(bayId, ['UPDATE_COMPLETE']);
    expect(await ca(bayId)).not.toBe(old);
    const types = (await ofBay(bayId)).map(({ type }) => type);
    const story = ['CaRotationRequested', 'AuthorityRotationStarted', 'AuthorityRotationCompleted', 'CaRotationCompleted'];
    expect(types.filter((type) => story.includes(type))).toEqual(story);
  });

  it('leaves the old CA in its place when it fails, and goes on with the same candidate', async () => {
    const bayId = await aBay({ fake_fail_step: 'trust-both-authorities', fake_fail_final: 'true' });
    const old = await ca(bayId);
    for (const _ of [1, 2]) {
      await rotate(bayId);
      expect((await api.until(bayId, ['UPDATE_FAILED']))['status_reason']).toMatch(/trust-both-authorities/);
      expect(await ca(bayId)).toBe(old);
    }
    const [first, second] = candidates(await ofBay(bayId));
    expect(first).toBe(second);
  });

  it('ends right when everything dies in any of its steps', async () => {
    const bayId = await aBay({ fake_step_ms: '400' });
    for (const step of STEPS) {
      const old = await ca(bayId);
      const before = (await ofBay(bayId)).length;
      await rotate(bayId);
      await untilTrue(async () => (await ofBay(bayId)).slice(before).some(({ type, data }) => type === 'OperationStepDispatched' && data['step'] === step));
      await jeroboam.kill();
      await jeroboam.start();
      // The sandbox cloud forgets its tokens.
      api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
      await api.until(bayId, ['UPDATE_COMPLETE']);
      expect(await ca(bayId)).not.toBe(old);
      const events = (await ofBay(bayId)).slice(before);
      expect(new Set(candidates(events)).size).toBe(1);
      expect(events.filter(({ type }) => type === 'AuthorityRotationCompleted')).toHaveLength(1);
    }
    const story = await readLog(jeroboam.dataDir);
    expect([badlyEnded(story), brokenChains(story)]).toEqual([[], []]);
  }, 120_000);
});

describe('a user with openstack and docker, whose bay’s CA is rotated', () => {
  const unable = unableBecause();
  if (unable.length > 0 && process.env['JEROBOAM_SKIP_LOCAL_SWARM'] === '1') {
    it(`was not run here: ${unable.join('; ')}`, () => expect(unable).not.toEqual([]));
    return;
  }

  const home = mkdtempSync(join(tmpdir(), 'jeroboam-rotate-'));
  let jeroboam: EmbeddedProcess;
  let environment: NodeJS.ProcessEnv;
  beforeAll(async () => {
    expect(unable).toEqual([]);
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-local' } });
    const openrc = readFileSync(join(jeroboam.dataDir, 'openrc'), 'utf8').matchAll(/^export (\w+)='(.*)'$/gm);
    const login = Object.fromEntries([...openrc].map(([, name, value]) => [name!, value!]));
    environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, SHELL: '/bin/bash', LC_ALL: 'C.UTF-8', ...login };
  }, 60_000);
  afterAll(async () => {
    if (jeroboam) await removeBays(jeroboam);
    await jeroboam?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  // Debian's client, not whatever else may be first in the path.
  const openstack = async (...words: string[]) => (await run('/usr/bin/openstack', words, { env: environment, timeout: 60_000 })).stdout;
  const status = async () => (await openstack('coe', 'cluster', 'show', 'b1', '-f', 'value', '-c', 'status')).trim();
  /** @returns the docker client with what the bay answers now. */
  async function dockerAsOfNow(name: string): Promise<(...words: string[]) => Promise<string>> {
    const directory = mkdtempSync(join(home, name));
    const config = await openstack('coe', 'cluster', 'config', 'b1', '--dir', directory, '--force', '--output-certs');
    const variables = Object.fromEntries([...config.matchAll(/export (\w+)=(\S+)/g)].map(([, variable, value]) => [variable!, value!]));
    return async (...words) => (await run('docker', words, { env: { ...environment, ...variables }, timeout: 60_000 })).stdout;
  }

  it('gets in with new certificates, and the old ones are worth nothing', async () => {
    await openstack('coe', 'cluster', 'template', 'create', 'swarm', '--coe', 'swarm-mode', '--image', 'debian', '--external-network', 'public', '--server-type', 'vm', '--network-driver', 'docker');
    await openstack('coe', 'cluster', 'create', 'b1', '--cluster-template', 'swarm', '--master-count', '1', '--node-count', '1');
    await untilTrue(async () => (await status()) === 'CREATE_COMPLETE');
    const old = await dockerAsOfNow('old');
    expect((await old('node', 'ls', '-q')).trim().split('\n')).toHaveLength(2);
    const oldCa = await openstack('coe', 'ca', 'show', 'b1');

    await openstack('coe', 'ca', 'rotate', 'b1');
    await untilTrue(async () => (await status()) === 'UPDATE_COMPLETE');

    expect(await openstack('coe', 'ca', 'show', 'b1')).not.toBe(oldCa);
    const renewed = await dockerAsOfNow('new');
    expect((await renewed('node', 'ls', '--format', '{{.Status}}')).trim().split('\n')).toEqual(['Ready', 'Ready']);
    await expect(old('node', 'ls')).rejects.toThrow(/certificate/);
  }, 300_000);
});
