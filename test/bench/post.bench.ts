import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';
import type { BenchRow } from './bench.ts';

const CREATES = 100;

/** What a user feels of the embedded process: boot, idle memory, and the time from POST to 202. */
export async function run(): Promise<BenchRow[]> {
  const before = performance.now();
  const jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DEFAULT_QUOTA: '100000' } });
  const bootMs = performance.now() - before;
  try {
    const api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    const idleMb = await residentMb(jeroboam.pid);
    const template = await api.fakeTemplate();
    for (let warm = 0; warm < 30; warm += 1) await api.until(await api.createBay(template, { name: `warm-${warm}`, node_count: 1 }), ['CREATE_COMPLETE']);
    const times: number[] = [];
    const agent = new Agent({ keepAlive: true });
    for (let index = 0; index < CREATES; index += 1) {
      const { ms, bayId } = await timedPost(agent, api, { name: `bench-${index}`, cluster_template_id: template, master_count: 1, node_count: 1 });
      times.push(ms);
      // One at a time on an otherwise idle machine: the work behind the 202 has ended before the next.
      await api.until(bayId, ['CREATE_COMPLETE']);
    }
    times.sort((a, b) => a - b);
    return [
      { name: 'embedded: start to ready banner', value: bootMs / 1_000, unit: 's', target: '< 5' },
      { name: 'embedded: resident memory when idle', value: idleMb, unit: 'MB', target: '< 250' },
      { name: 'POST /v1/clusters to 202, p50', value: times[CREATES / 2]!, unit: 'ms', target: '< 5' },
      { name: 'POST /v1/clusters to 202, p99', value: times[CREATES - 1]!, unit: 'ms' },
    ];
  } finally {
    await jeroboam.stop();
  }
}

/** Over a kept connection with Node's own client: `fetch` would add a third of a millisecond that is not ours. */
function timedPost(agent: Agent, { apiUrl, token }: ApiClient, body: object): Promise<{ ms: number; bayId: string }> {
  const text = JSON.stringify(body);
  const headers = { 'x-auth-token': token, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'openstack-api-version': 'container-infra latest' };
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const sent = request(`${apiUrl}/v1/clusters`, { method: 'POST', agent, headers }, (response) => {
      const ms = performance.now() - start;
      let answer = '';
      response.on('data', (chunk) => { answer += String(chunk); });
      response.on('end', () => (response.statusCode === 202 ? resolve({ ms, bayId: (JSON.parse(answer) as { uuid: string }).uuid }) : reject(new Error(answer))));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

async function residentMb(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
}
