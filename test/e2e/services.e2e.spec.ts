import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from './harness/client.ts';
import { badlyEnded, brokenChains, leftovers, neverStarted, readLog, repeatedEffects } from './harness/history.ts';
import { Random } from './harness/random.ts';
import { ServiceProcesses } from './harness/services.ts';

/** Kills of single services while operations run. */
const KILLS = 12;
const VICTIMS = ['driver-executor', 'scheduler', 'certificate-authority', 'api', 'telemetry', 'notifier'] as const;

describe('the services as processes of their own over NATS', () => {
  const random = new Random();
  const told = mkdtempSync(join(tmpdir(), 'jeroboam-told-'));
  const notifications = join(told, 'notifications.jsonl');
  let services: ServiceProcesses;
  let apiUrl: string;
  let authUrl: string;
  let dataDir: string;

  beforeAll(async () => {
    services = await ServiceProcesses.start({ JEROBOAM_LEASE_TTL_MS: '3000', JEROBOAM_NOTIFIER_FILE: notifications });
    ({ apiUrl, authUrl, dataDir } = services);
  }, 120_000);

  afterAll(async () => {
    await services?.stop();
    rmSync(told, { recursive: true, force: true });
  }, 60_000);

  /** Asks on although the api may be the one that is down. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(200);
      }
    }
  }

  /** Bays whose end was told of. */
  function deletionsTold(): ReadonlySet<string> {
    const lines = readFileSync(notifications, 'utf8').split('\n').filter((line) => line.includes('"magnum.cluster.delete.end"'));
    return new Set(lines.map((line) => (JSON.parse(line) as { payload: { resource_id: string } }).payload.resource_id));
  }

  it('makes, looks at, resizes and deletes a bay', async () => {
    const client = new ApiClient(apiUrl, await login({ authUrl }));
    const bayId = await client.createBay(await client.fakeTemplate(), { name: 'apart' });
    await client.until(bayId, ['CREATE_COMPLETE']);
    await client.untilHealth(bayId, 'HEALTHY');
    await client.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: 3 });
    await client.until(bayId, ['UPDATE_COMPLETE']);
    await client.call('DELETE', `/v1/clusters/${bayId}`);
    await client.until(bayId, ['GONE']);
    expect(leftovers(dataDir, bayId)).toEqual([]);
  }, 60_000);

  it('answers 503 in shape while the scheduler is away, and goes on by itself', async () => {
    const client = new ApiClient(apiUrl, await login({ authUrl }));
    const template = await client.fakeTemplate();
    services.kill('scheduler');
    const { status, headers, body } = await client.call<{ errors?: unknown[] }>('POST', '/v1/clusters', { name: 'later', cluster_template_id: template });
    if (status !== 202) {
      expect({ status, errors: body.errors?.length }).toEqual({ status: 503, errors: 1 });
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
    }
    const bayId = await patiently(() => client.createBay(template, { name: 'after' }));
    await client.until(bayId, ['CREATE_COMPLETE']);
  }, 60_000);

  it(`ends every operation and repeats no effect while single services are killed (seed ${random.seed})`, async () => {
    const client = new ApiClient(apiUrl, await login({ authUrl }));
    const template = await client.fakeTemplate({ fake_step_ms: '60' });
    for (let round = 0; round < KILLS; round += 1) {
      const bayId = await patiently(() => client.createBay(template, { name: `s-${round}` }));
      await sleep(random.next(400));
      services.kill(VICTIMS[round % VICTIMS.length]!);
      await patiently(() => client.until(bayId, ['CREATE_COMPLETE']));
      await patiently(async () => {
        // 503 while a service is away is an answer; the client asks again.
        const { status } = await client.call('DELETE', `/v1/clusters/${bayId}`);
        if (status >= 500) throw new Error(`the delete was answered ${status}`);
      });
      await patiently(() => client.until(bayId, ['GONE']));
      expect(leftovers(dataDir, bayId)).toEqual([]);
    }
    const story = await readLog(dataDir);
    expect([badlyEnded(story), neverStarted(story), brokenChains(story), repeatedEffects(dataDir)]).toEqual([[], [], [], []]);
    // The notifier may have been killed a moment ago: it goes on by itself, and misses none.
    const deleted = story.filter(({ type }) => type === 'BayDeleted').map(({ data }) => (data as { bayId: string }).bayId);
    await patiently(async () => expect(deletionsTold()).toEqual(new Set(deleted)));
  }, 240_000);
});
