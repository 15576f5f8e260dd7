import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { removeBays, unableBecause } from './harness/local-swarm.ts';
import { EmbeddedProcess, root } from './harness/process.ts';

/** Process id of a node's engine, by what it was started with. */
function engineOf(bayId: string, slot: number): number {
  const isIt = (pid: string) => {
    try {
      const [program = '', ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return program.endsWith('dockerd') && words.some((word) => word.includes(bayId) && word.endsWith(`/n${slot}`));
    } catch {
      // It ended while we looked.
      return false;
    }
  };
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find(isIt);
  if (!found) throw new Error(`no engine ${slot} of bay ${bayId} runs`);
  return Number(found);
}

describe('the health of bays', () => {
  const everySecond = { JEROBOAM_TELEMETRY_FAST_INTERVAL_SECONDS: '1', JEROBOAM_TELEMETRY_SLOW_INTERVAL_SECONDS: '1' };
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;

  async function start(env: Record<string, string>): Promise<void> {
    jeroboam = await EmbeddedProcess.start({ env });
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  }
  afterEach(async () => {
    await removeBays(jeroboam);
    await jeroboam.stop();
  }, 120_000);

  const unable = unableBecause();
  if (unable.length > 0 && process.env['JEROBOAM_SKIP_LOCAL_SWARM'] === '1') {
    it(`of real nodes was not looked at here: ${unable.join('; ')}`, () => expect(unable).not.toEqual([]));
  } else it('follows a node of a real Swarm that is killed and comes back', followsARealNode, 300_000);

  async function followsARealNode(): Promise<void> {
    expect(unable).toEqual([]);
    await start({ ...everySecond, JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-local' });
    const model = { name: 'swarm', coe: 'swarm-mode', image_id: 'debian', external_network_id: 'public', network_driver: 'docker' };
    const template = (await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', model)).body.uuid;
    const bayId = await api.createBay(template, { node_count: 1 });
    await api.until(bayId, ['CREATE_COMPLETE'], 120_000);

    const ready = { 'default-master-0.Ready': 'True', 'default-worker-0.Ready': 'True' };
    const well = { api: 'ok', quorum: 'True', managers: '1 of 1 reachable', tasks: '0 of 0 running', ...ready };
    expect((await api.untilHealth(bayId, 'HEALTHY'))['health_status_reason']).toEqual(well);

    process.kill(engineOf(bayId, 1), 'SIGKILL');
    const killed = await api.untilHealth(bayId, 'UNHEALTHY');
    expect(killed).toMatchObject({ status: 'CREATE_COMPLETE', health_status_reason: { api: 'ok', 'default-worker-0.Ready': 'False' } });

    expect((await api.untilHealth(bayId, 'HEALTHY'))['health_status_reason']).toEqual(well);
  }

  it('is looked at from CREATE_COMPLETE on, told once, and shown also in lists', async () => {
    await start(everySecond);
    const bayId = await api.createBay(await api.fakeTemplate());
    await api.until(bayId, ['CREATE_COMPLETE']);
    await api.untilHealth(bayId, 'HEALTHY');
    const { body } = await api.call<{ clusters: object[] }>('GET', '/v1/clusters');
    expect(body.clusters).toMatchObject([{ uuid: bayId, health_status: 'HEALTHY' }]);
    // Looked at again for having been resized, and nothing that was told before is told again.
    await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: 3 });
    await api.until(bayId, ['UPDATE_COMPLETE']);
    for (let ready = 0; ready < 4; ) {
      const { body } = await api.call<{ health_status_reason: object }>('GET', `/v1/clusters/${bayId}`);
      ready = Object.entries(body.health_status_reason).filter(([name, value]) => name.endsWith('.Ready') && value === 'True').length;
    }
    const { body: history } = await api.call<{ events: { type: string; data: unknown }[] }>('GET', `/v1/clusters/${bayId}/events`);
    const told = history.events.filter(({ type }) => type === 'BayHealthChanged').map(({ data }) => JSON.stringify(data));
    expect(new Set(told).size).toBe(told.length);
  }, 60_000);

  it('is asked for as a client of the bay, with one certificate of its authority for all looks', async () => {
    await start({ ...everySecond, JEROBOAM_DRIVERS: join(root, 'test', 'e2e', 'harness', 'client-driver.ts') });
    const bayId = await api.createBay(await api.fakeTemplate());
    await api.until(bayId, ['CREATE_COMPLETE']);
    const { health_status_reason: first } = await api.untilHealth(bayId, 'HEALTHY');
    expect(first).toMatchObject({ client: 'CN=admin, O=system:masters' });
    // A change of status makes telemetry look again, several times.
    for (const nodeCount of [3, 1]) {
      await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: nodeCount });
      await api.until(bayId, ['UPDATE_COMPLETE']);
    }
    expect((await api.untilHealth(bayId, 'HEALTHY'))['health_status_reason']).toEqual(first);
    const issued = (await readLog(jeroboam.dataDir)).filter(({ type }) => type === 'CertificateIssued').map(({ data }) => data['subject']);
    expect(issued).toEqual([expect.stringContaining('admin')]);
  }, 60_000);

  it('is left to the healer of a bay that has one', async () => {
    await start(everySecond);
    const healed = await api.createBay(await api.fakeTemplate({ auto_healing_enabled: 'true', auto_healing_controller: 'magnum-auto-healer' }));
    const other = await api.createBay(await api.fakeTemplate(), { name: 'other' });
    await api.until(healed, ['CREATE_COMPLETE']);
    const said = [{ op: 'replace', path: '/health_status', value: 'UNHEALTHY' }, { op: 'replace', path: '/health_status_reason', value: "{'api': 'says the healer'}" }];
    for (const bayId of [healed, other]) expect((await api.call('PATCH', `/v1/clusters/${bayId}`, said)).status).toBe(202);
    // Of a bay without one telemetry knows better, the next time it looks.
    await api.untilHealth(other, 'HEALTHY');
    expect((await api.call('GET', `/v1/clusters/${healed}`)).body).toMatchObject({
      status: 'CREATE_COMPLETE', health_status: 'UNHEALTHY', health_status_reason: { api: 'says the healer' },
    });
  }, 60_000);

  it('is nobody’s business where telemetry is switched off', async () => {
    await start({ JEROBOAM_TELEMETRY: 'false' });
    const bayId = await api.createBay(await api.fakeTemplate());
    expect(await api.until(bayId, ['CREATE_COMPLETE'])).toMatchObject({ health_status: null, health_status_reason: {} });
  });
});
