import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';
import type { BenchRow } from './bench.ts';

const CREATES = 1_000;
/** The pace at which they are asked for: 1,000 a minute. */
const EVERY_MS = 60;
/** Where all are asked for at once: requests under way at a time. */
const WRITERS = 16;
const IDLE_MS = 8_000;

/** How long readers wait while 1,000 bays are asked for and made in a minute, against how long they wait otherwise. */
export async function run(): Promise<BenchRow[]> {
  const jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DEFAULT_QUOTA: '100000' } });
  const agent = new Agent({ keepAlive: true });
  try {
    const api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    const template = await api.fakeTemplate();
    const bay = await api.createBay(template, { name: 'read', node_count: 1 });
    await api.until(bay, ['CREATE_COMPLETE']);
    const read = () => timed(agent, api, 'GET', `/v1/clusters/${bay}`);
    await readUntil(performance.now() + IDLE_MS / 4, read);
    const idle = await readUntil(performance.now() + IDLE_MS, read);
    const create = (name: string) => timed(agent, api, 'POST', '/v1/clusters', { name, cluster_template_id: template, node_count: 1 });
    const paced: number[] = [];
    let areDone = false;
    const writes = createPaced(paced, (index) => create(`paced-${index}`)).finally(() => { areDone = true; });
    const busy = await readUntil(Number.POSITIVE_INFINITY, read, () => areDone);
    await writes;
    const burst: number[] = [];
    await createAll(burst, (index) => create(`burst-${index}`));
    return [
      { name: 'GET of a bay when idle, p99', value: percentile(idle, 0.99), unit: 'ms' },
      {
        name: `GET of a bay during ${CREATES} creates in a minute, p99`, value: percentile(busy, 0.99), unit: 'ms', floor: percentile(idle, 0.99),
        ratio: percentile(idle, 0.99) / percentile(busy, 0.99), target: 'ratio >= 0.5',
      },
      { name: `POST of ${CREATES} bays in a minute, p99`, value: percentile(paced, 0.99), unit: 'ms' },
      { name: `POST of ${CREATES} bays at once by ${WRITERS} users, p50`, value: percentile(burst, 0.5), unit: 'ms' },
      { name: `POST of ${CREATES} bays at once by ${WRITERS} users, p99`, value: percentile(burst, 0.99), unit: 'ms', target: '< 250' },
    ];
  } finally {
    agent.destroy();
    await jeroboam.stop();
  }
}

/** One reader that asks again a millisecond after each answer. */
async function readUntil(end: number, read: () => Promise<number>, isOver: () => boolean = () => false): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < end && !isOver()) {
    times.push(await read());
    await new Promise((resolve) => { setTimeout(resolve, 1); });
  }
  return times;
}

async function createPaced(times: number[], create: (index: number) => Promise<number>): Promise<void> {
  const asked: Promise<void>[] = [];
  for (let index = 0; index < CREATES; index += 1) {
    asked.push(create(index).then((ms) => { times.push(ms); }));
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  }
  await Promise.all(asked);
}

async function createAll(times: number[], create: (index: number) => Promise<number>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    while (next < CREATES) times.push(await create(next++));
  }));
}

function timed(agent: Agent, { apiUrl, token }: ApiClient, method: string, path: string, body?: object): Promise<number> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    'x-auth-token': token, 'openstack-api-version': 'container-infra latest',
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const sent = request(`${apiUrl}${path}`, { method, agent, headers }, (response) => {
      response.resume().once('end', () => (response.statusCode! < 300 ? resolve(performance.now() - start) : reject(new Error(`${method} ${path}: ${response.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}
