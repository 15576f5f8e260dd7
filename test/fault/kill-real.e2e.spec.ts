import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { badlyEnded, brokenChains, neverStarted, readLog } from '../e2e/harness/history.ts';
import { removeBays, traces, unableBecause } from '../e2e/harness/local-swarm.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';
import { Random } from '../e2e/harness/random.ts';

/** Lives of a bay; in each the process is killed once in create, once in resize, once in delete. */
const LIVES = 3;
/** About as long as each takes. */
const LATEST_KILL_MS = { create: 3_000, resize: 1_200, delete: 1_500 };

describe('a process with real Swarm bays killed at random points', () => {
  const unable = unableBecause();
  if (unable.length > 0 && process.env['JEROBOAM_SKIP_LOCAL_SWARM'] === '1') {
    it(`was not run here: ${unable.join('; ')}`, () => expect(unable).not.toEqual([]));
    return;
  }

  const random = new Random();
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;

  beforeAll(async () => {
    expect(unable).toEqual([]);
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-local' } });
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  }, 60_000);
  afterAll(async () => {
    if (jeroboam) await removeBays(jeroboam);
    await jeroboam?.stop();
  }, 60_000);

  async function killAndRestart(latestMs: number): Promise<void> {
    await sleep(random.next(latestMs));
    await jeroboam.kill('SIGKILL');
    await jeroboam.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  }

  it(`ends every operation and leaves nothing on the host over ${LIVES * 3} kills (seed ${random.seed})`, async () => {
    const { body: template } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', { name: 'swarm', coe: 'swarm-mode', image_id: 'debian', external_network_id: 'public', network_driver: 'docker' });
    for (let life = 0; life < LIVES; life += 1) {
      const bayId = await api.createBay(template.uuid, { name: `life-${life}`, node_count: 1 });
      await killAndRestart(LATEST_KILL_MS.create);
      expect((await api.until(bayId, ['CREATE_COMPLETE', 'CREATE_FAILED']))['status']).toBe('CREATE_COMPLETE');
      await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: 2 });
      await killAndRestart(LATEST_KILL_MS.resize);
      const resized = await api.until(bayId, ['UPDATE_COMPLETE', 'UPDATE_FAILED']);
      expect([resized['status'], (resized['node_addresses'] as string[]).length]).toEqual(['UPDATE_COMPLETE', 2]);
      await api.call('DELETE', `/v1/clusters/${bayId}`);
      await killAndRestart(LATEST_KILL_MS.delete);
      await api.until(bayId, ['GONE', 'DELETE_FAILED']);
      expect(await traces(bayId, jeroboam.dataDir)).toEqual([]);
    }
    const story = await readLog(jeroboam.dataDir);
    expect([badlyEnded(story), neverStarted(story), brokenChains(story)]).toEqual([[], [], []]);
  }, 300_000);
});
