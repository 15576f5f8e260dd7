import { rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ApiClient, login } from './harness/client.ts';
import { billedServers, sumOf } from './harness/metering.ts';
import type { Bill, GroupOfBay, MeteredServer } from './harness/metering.ts';
import { EmbeddedProcess } from './harness/process.ts';
import { Random } from './harness/random.ts';

const dice = new Random();
const ROUNDS = 30;
const MOST_BAYS = 3;
const MOST_KILLS = 3;
const PROJECTS = ['demo', 'other'];
const FLAVORS = ['m1.tiny', 'm1.small', 'm1.medium', 'm1.large'];
const TEMPLATES = [
  { name: 'metered-k8s', coe: 'kubernetes', image_id: 'fedora-coreos', external_network_id: 'public' },
  { name: 'metered-swarm', coe: 'swarm-mode', image_id: 'fedora-atomic', external_network_id: 'public' },
];
const FAULTS = [
  { match: { type: 'OS::Nova::Server', action: 'create' }, effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' } },
  { match: { action: 'boot' }, effect: { kind: 'fail', error: 'Boot', message: 'the engine does not start' } },
  { match: { type: 'OS::Nova::Server', action: 'delete' }, effect: { kind: 'fail', error: 'Conflict', message: 'the server is locked (HTTP 409)' } },
  { match: { request: 'GET /compute/v2.1/os-simple-tenant-usage/*' }, effect: { kind: 'answer', status: 503 } },
];

interface Bay {
  readonly id: string;
  readonly project: string;
  readonly groups: string[];
}

interface Interval {
  readonly cluster_uuid: string;
  readonly nodegroup: string;
  readonly flavor: string;
  readonly node_seconds: number;
}

let jeroboam: EmbeddedProcess;
let apis: Record<string, ApiClient> = {};
let templates: Record<string, readonly string[]> = {};
const bays: Bay[] = [];
const groups: GroupOfBay[] = [];
let kills = 0;

/** The sandbox's tokens end with its process. */
async function logIn(): Promise<void> {
  const tokens = await Promise.all([...PROJECTS, 'admin'].map((name) => login({ authUrl: jeroboam.authUrl, username: name, projectName: name })));
  apis = Object.fromEntries([...PROJECTS, 'admin'].map((name, index) => [name, new ApiClient(jeroboam.apiUrl, tokens[index]!)]));
}

async function behindTheCloud<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { 'x-auth-token': apis['admin']!.token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${jeroboam.authUrl.replace('/v3', '')}/admin/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const metering = () => behindTheCloud<{ readonly servers: readonly MeteredServer[]; readonly now: string }>('GET', 'metering');
const pick = <T>(things: readonly T[]): T => things[dice.next(things.length)]!;

async function create(): Promise<void> {
  if (bays.length >= MOST_BAYS) return;
  const project = pick(PROJECTS);
  const name = `bay-${dice.next(1_000)}`;
  const flavors = { flavor_id: pick(FLAVORS), master_flavor_id: pick(FLAVORS) };
  const id = await apis[project]!.createBay(pick(templates[project]!), { name, node_count: 1 + dice.next(3), ...flavors });
  bays.push({ id, project, groups: ['default-worker'] });
  for (const role of ['master', 'worker']) groups.push({ spec: { bayId: id, name }, group: { nodeGroupId: '', name: `default-${role}`, role, isDefault: true } });
}

/** What is refused because of the bay's status is refused: that is a history too. */
async function change({ id, project, groups: names }: Bay): Promise<void> {
  const api = apis[project]!;
  const nodegroup = pick(names);
  switch (dice.next(4)) {
    case 0: {
      const { status, body } = await api.call<{ uuid: string; name: string }>('POST', `/v1/clusters/${id}/nodegroups`, { name: `more-${names.length}`, node_count: dice.next(3), flavor_id: pick(FLAVORS) });
      if (status !== 202) return;
      const spec = groups.find((each) => each.spec.bayId === id)!.spec;
      groups.push({ spec, group: { nodeGroupId: body.uuid, name: body.name, role: 'worker', isDefault: false } });
      names.push(body.name);
      return;
    }
    case 1: return void (nodegroup !== 'default-worker' && (await api.call('DELETE', `/v1/clusters/${id}/nodegroups/${nodegroup}`)));
    default: return void (await api.call('POST', `/v1/clusters/${id}/actions/resize`, { nodegroup, node_count: dice.next(4) }));
  }
}

async function remove(bay: Bay): Promise<void> {
  await apis[bay.project]!.call('DELETE', `/v1/clusters/${bay.id}`);
}

async function kill(): Promise<void> {
  if ((kills += 1) > MOST_KILLS) return;
  await jeroboam.kill();
  await jeroboam.start();
  await logIn();
}

async function act(): Promise<void> {
  const choice = dice.next(12);
  if (choice < 3 || bays.length === 0) return create();
  if (choice < 7) return change(pick(bays));
  if (choice < 8) return remove(pick(bays));
  if (choice < 10) return void (await behindTheCloud('POST', 'faults', { ...pick(FAULTS), times: 1 + dice.next(3) }));
  if (choice < 11) return kill();
}

/** Bays that are gone are forgotten. @returns how the others are. */
async function statuses(): Promise<ReadonlyMap<Bay, { readonly status: string; readonly status_reason: string | null }>> {
  const found = await Promise.all(bays.map(async (bay) => [bay, await apis[bay.project]!.call<{ status: string; status_reason: string | null }>('GET', `/v1/clusters/${bay.id}`)] as const));
  for (const [bay, { status }] of found) if (status === 404) bays.splice(bays.indexOf(bay), 1);
  return new Map(found.filter(([, { status }]) => status === 200).map(([bay, { body }]) => [bay, body]));
}

/** Until something else is so than before, but not for long: nobody knows whether it will be. */
async function aWhile(): Promise<void> {
  const look = async () => JSON.stringify([[...(await statuses()).values()].map(({ status }) => status), (await metering()).servers.length]);
  const before = await look();
  for (const end = Date.now() + 3_000; Date.now() < end && (await look()) === before;) await sleep(25);
}

async function settled(): ReturnType<typeof statuses> {
  for (const end = Date.now() + 240_000; ; await sleep(100)) {
    const now = await statuses();
    if ([...now.values()].every(({ status }) => !status.endsWith('_IN_PROGRESS'))) return now;
    if (Date.now() > end) throw new Error(`bays do not settle: ${JSON.stringify([...now].map(([bay, { status, status_reason: reason }]) => [bay, status, reason]))}`);
  }
}

async function usage(to: string): Promise<string> {
  const { body } = await apis['admin']!.call<{ usage: readonly Interval[] }>('GET', `/v1/usage?to=${to}`);
  return JSON.stringify(body.usage);
}

function billOf(intervals: readonly Interval[]): Bill {
  return sumOf(intervals.map(({ cluster_uuid: bay, nodegroup, flavor, node_seconds: seconds }) => [`${bay} ${nodegroup} ${flavor}`, Math.round(seconds * 1_000)]));
}

beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos,@jeroboam/driver-swarm-fedora-atomic' } });
  await logIn();
  for (const project of PROJECTS) {
    const made = await Promise.all(TEMPLATES.map((template) => apis[project]!.call<{ uuid: string }>('POST', '/v1/clustertemplates', template)));
    if (made.some(({ status }) => status !== 201)) throw new Error(`no templates: ${JSON.stringify(made)}`);
    templates = { ...templates, [project]: made.map(({ body }) => body.uuid) };
  }
}, 120_000);
afterAll(() => jeroboam?.stop());

describe('the usage of bays on a cloud that meters its servers', () => {
  it(`is what the cloud has metered, to the millisecond, over kills and failures (seed ${dice.seed})`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await act();
      if (dice.next(3) > 0) await aWhile();
    }
    await behindTheCloud('DELETE', 'faults');
    // What an operation that was given up has left behind is told by the next one.
    for (const [bay, { status }] of await settled()) if (status.endsWith('_FAILED') || dice.next(2) === 0) await remove(bay);
    await settled();

    const { servers, now } = await metering();
    const metered = billedServers(servers, groups, { from: '', to: now });
    expect(Object.keys(metered)).not.toEqual([]);
    // A projection may be a moment behind.
    const isSame = async () => isDeepStrictEqual(billOf(JSON.parse(await usage(now)) as Interval[]), metered);
    for (const end = Date.now() + 15_000; Date.now() < end && !(await isSame());) await sleep(50);
    const told = await usage(now);
    expect(billOf(JSON.parse(told) as Interval[])).toEqual(metered);

    await jeroboam.kill('SIGTERM');
    for (const file of readdirSync(jeroboam.dataDir).filter((name) => name.startsWith('read-model'))) rmSync(join(jeroboam.dataDir, file));
    await jeroboam.start();
    await logIn();
    for (const end = Date.now() + 60_000; Date.now() < end && (await usage(now)) !== told;) await sleep(50);
    expect(await usage(now)).toBe(told);
  }, 600_000);
});
