import { ApiClient, login } from './harness/client.ts';
import { EmbeddedProcess } from './harness/process.ts';

interface Interval {
  readonly nodegroup: string;
  readonly flavor: string | null;
  readonly node_count: number;
  readonly from: string;
  readonly to: string;
  readonly node_seconds: number;
  readonly state: string;
}

interface Told {
  readonly type: string;
  readonly occurred_at: string;
  readonly data: { readonly node?: { readonly name: string; readonly nodeGroup: string }; readonly name?: string };
}

const FLAVORS: Readonly<Record<string, string>> = { 'default-master': 'm1.small', 'default-worker': 'm1.medium' };

let jeroboam: EmbeddedProcess;
let api: ApiClient;

beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start();
  api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
});
afterAll(() => jeroboam?.stop());

/** Once everything that ended has been projected. */
async function closedUsage(bayId: string): Promise<readonly Interval[]> {
  for (;;) {
    const { body } = await api.call<{ usage: readonly Interval[] }>('GET', `/v1/usage?cluster=${bayId}`);
    if (body.usage.length > 0 && body.usage.every(({ state }) => state === 'closed')) return body.usage;
  }
}

/** Node milliseconds by flavor, node by node: from its joining to its removal or the end of the bay. */
function billOf(story: readonly Told[]): Record<string, number> {
  const bill: Record<string, number> = {};
  const ends = story.filter(({ type }) => type === 'NodeRemoved' || type === 'BayDeleted');
  for (const { data, occurred_at: joinedAt } of story.filter(({ type }) => type === 'NodeJoined')) {
    const end = ends.find(({ type, data: { name } }) => type === 'BayDeleted' || name === data.node!.name)!;
    const flavor = FLAVORS[data.node!.nodeGroup]!;
    bill[flavor] = (bill[flavor] ?? 0) + Date.parse(end.occurred_at) - Date.parse(joinedAt);
  }
  return bill;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1_000);

describe('the usage of a bay', () => {
  it('is what its events say, from create over resizes to its end', async () => {
    const flavors = { flavor_id: FLAVORS['default-worker'], master_flavor_id: FLAVORS['default-master'] };
    const bayId = await api.createBay(await api.fakeTemplate(), { name: 'billed', ...flavors });
    await api.until(bayId, ['CREATE_COMPLETE']);
    for (const nodeCount of [4, 1]) {
      await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: nodeCount });
      await api.until(bayId, ['UPDATE_COMPLETE']);
    }
    await api.call('DELETE', `/v1/clusters/${bayId}`);
    await api.until(bayId, ['GONE']);

    const usage = await closedUsage(bayId);
    const { body: { events } } = await api.call<{ events: readonly Told[] }>('GET', `/v1/clusters/${bayId}/events`);
    const bill: Record<string, number> = {};
    for (const { flavor, node_seconds: seconds } of usage) bill[flavor!] = (bill[flavor!] ?? 0) + milliseconds(seconds);
    expect(bill).toEqual(billOf(events));

    const { body: { totals } } = await api.call<{ totals: readonly { flavor: string; node_seconds: number }[] }>(
      'GET', `/v1/usage?cluster=${bayId}&group_by=flavor`,
    );
    expect(Object.fromEntries(totals.map(({ flavor, node_seconds: seconds }) => [flavor, milliseconds(seconds)]))).toEqual(bill);

    const workers = usage.filter(({ nodegroup }) => nodegroup === 'default-worker');
    expect(workers.map(({ node_count: count }) => count)).toEqual(expect.arrayContaining([2, 4, 1]));
    // Without a gap as long as there is a worker, and never two at once.
    for (const [index, { to }] of workers.slice(0, -1).entries()) expect(workers[index + 1]!.from).toBe(to);
  });

  it('is nobody else’s to see', async () => {
    const other = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'other', projectName: 'other' }));
    expect((await other.call<{ usage: unknown[] }>('GET', '/v1/usage')).body.usage).toEqual([]);
    const { status, body } = await other.call<{ errors: { status: number }[] }>('GET', '/v1/usage?cluster=billed');
    expect([status, body.errors[0]!.status]).toEqual([404, 404]);
  });
});
