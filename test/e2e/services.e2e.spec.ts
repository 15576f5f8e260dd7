import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from './harness/client.ts';
import { badlyEnded, brokenChains, leftovers, neverStarted, readLog, repeatedEffects } from './harness/history.ts';
import { freePort } from '@jeroboam/platform/testing';
import { FAKE_DRIVER, nodeBinary, root } from './harness/process.ts';
import { Random } from './harness/random.ts';

/** Kills of single services while operations run. */
const KILLS = 12;
const VICTIMS = ['driver-executor', 'scheduler', 'certificate-authority', 'api', 'telemetry', 'notifier'] as const;

describe('the services as processes of their own over NATS', () => {
  const random = new Random();
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-services-'));
  const notifications = join(dataDir, 'notifications.jsonl');
  let supervisor: ChildProcess;
  let output = '';
  let apiUrl: string;
  let authUrl: string;

  beforeAll(async () => {
    const [api, sandbox, nats] = [await freePort(), await freePort(), await freePort()];
    apiUrl = `http://127.0.0.1:${api}`;
    authUrl = `http://127.0.0.1:${sandbox}/v3`;
    supervisor = spawn(nodeBinary, [join(root, 'infra/tools/services.mjs')], {
      env: {
        PATH: process.env['PATH'], HOME: process.env['HOME'], JEROBOAM_PORT: String(api), JEROBOAM_SANDBOX_PORT: String(sandbox), JEROBOAM_NATS_PORT: String(nats),
        JEROBOAM_DATA_DIR: dataDir, JEROBOAM_DRIVERS: FAKE_DRIVER, JEROBOAM_LEASE_TTL_MS: '3000', JEROBOAM_OPENRC: join(dataDir, 'openrc'), JEROBOAM_BUILT: '1',
        JEROBOAM_NOTIFIER_FILE: notifications,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('services are ready')) resolve();
      };
      supervisor.stdout!.on('data', take);
      supervisor.stderr!.on('data', take);
      supervisor.on('exit', () => reject(new Error(`the services ended before they were ready:\n${output}`)));
    });
  }, 120_000);

  afterAll(async () => {
    supervisor.kill('SIGTERM');
    if (supervisor.exitCode === null) await once(supervisor, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
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

  function kill(service: (typeof VICTIMS)[number]): void {
    process.kill(Number(readFileSync(join(dataDir, `${service}.pid`), 'utf8')), 'SIGKILL');
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
    kill('scheduler');
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
      kill(VICTIMS[round % VICTIMS.length]!);
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
