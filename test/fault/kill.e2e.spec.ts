import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { badlyEnded, brokenChains, leftovers, neverStarted, readLog, repeatedEffects } from '../e2e/harness/history.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';
import { Random } from '../e2e/harness/random.ts';

/** Points at which the whole process is killed; each anywhere in a create, a resize or a delete. */
const KILLS = 45;
/** Longer than the operation takes, so that some kills come after its end. */
const LATEST_KILL_MS = 350;
const REST = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'GONE'];

describe('the whole process killed at random points', () => {
  const random = new Random();
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  });
  afterAll(() => jeroboam?.stop());

  async function killAndRestart(): Promise<void> {
    await sleep(random.next(LATEST_KILL_MS));
    await jeroboam.kill('SIGKILL');
    await jeroboam.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  }

  it(`ends every operation, orphans nothing and repeats no effect over ${KILLS} kills (seed ${random.seed})`, async () => {
    const template = await api.fakeTemplate({ fake_step_ms: '40' });
    let bayId: string | undefined;
    let nodes = 2;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (bayId === undefined) bayId = await api.createBay(template, { name: `k-${kill}` });
      else if (kill % 4 === 3) await api.call('DELETE', `/v1/clusters/${bayId}`);
      else {
        nodes = 1 + ((nodes + random.next(3)) % 4);
        await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: nodes });
      }
      await killAndRestart();
      const rest = await api.until(bayId, REST);
      if (rest['status'] === undefined) {
        expect(leftovers(jeroboam.dataDir, bayId)).toEqual([]);
        bayId = undefined;
        nodes = 2;
      } else expect(rest['node_addresses']).toHaveLength(rest['node_count'] as number);
    }
    const story = await readLog(jeroboam.dataDir);
    expect([badlyEnded(story), neverStarted(story), brokenChains(story), repeatedEffects(jeroboam.dataDir)]).toEqual([[], [], [], []]);
  }, 300_000);
});
