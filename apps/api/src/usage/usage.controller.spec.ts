import { USAGE, type UsageDocument } from '@jeroboam/read-model';
import { ApiHarness, errorOf, type Answer } from '../testing/api-harness.ts';

const [WEB, DB, OTHERS] = ['1', '2', '3'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`) as [string, string, string];
const day = (dayOfMonth: number, time = '00:00:00.000'): string => `2026-01-${String(dayOfMonth).padStart(2, '0')}T${time}Z`;

let made = 0;

/** An interval of January 2026; the clock of the tests stands at noon of its last day. */
function interval(from: number, to: number | null, fields: Partial<UsageDocument> = {}): UsageDocument {
  made += 1;
  return {
    id: `00000000-0000-5000-8000-${String(made).padStart(12, '0')}`, bayId: WEB, bayName: 'web', projectId: 'p1', userId: 'u1',
    nodeGroup: 'default-worker', role: 'worker', flavor: 'm1.large', nodeCount: 2, sequence: made,
    from: day(from), to: to === null ? null : day(to), endsIn: to === null ? 'open' : '2026-01', ...fields,
  };
}

describe('/v1/usage', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    made = 0;
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());

  const given = async (...intervals: readonly UsageDocument[]): Promise<void> => {
    const change = (collection: string, document: { readonly id: string }) =>
      ({ kind: 'upsert', collection, document, position: '1' }) as const;
    const bay = ({ bayId, bayName, projectId }: UsageDocument) =>
      ({ id: bayId, name: bayName, projectId, createdAt: day(1), deletedAt: null });
    const changes = intervals.flatMap((used) => [change(USAGE.name, used), change('bay_names', bay(used))]);
    expect(await api.readModel.commit('usage', undefined, '1', changes)).toBe(true);
  };
  const used = ({ body }: Answer): [id: number, from: string, to: string, nodeSeconds: number][] => body.usage.map(
    (row: Record<string, string>) => [Number(row['id']!.slice(-3)), row['from']!, row['to']!, Number(row['node_seconds'])],
  );

  it('shows an interval with how long it was, in seconds and node seconds', async () => {
    await given(interval(1, null, { from: day(1, '00:00:00.250'), to: day(1, '00:00:01.000'), nodeCount: 3 }));
    const { status, body } = await api.call('GET /v1/usage');
    expect([status, body]).toEqual([200, {
      usage: [{
        id: '00000000-0000-5000-8000-000000000001', cluster_uuid: WEB, cluster_name: 'web', project_id: 'p1', user_id: 'u1',
        nodegroup: 'default-worker', role: 'worker', flavor: 'm1.large', node_count: 3, from: '2026-01-01T00:00:00.250Z',
        to: '2026-01-01T00:00:01.000Z', seconds: 0.75, node_seconds: 2.25, sequence: 1, state: 'closed',
      }],
      from: null, to: '2026-01-31T12:00:00.000Z',
    }]);
  });

  it('cuts intervals at the ends of the period, and says which of them go on', async () => {
    await given(interval(1, 3), interval(3, 5), interval(5, null), interval(20, 21), interval(25, null, { nodeGroup: 'gpu' }));
    const answer = await api.call(`GET /v1/usage?from=2026-01-02&to=${day(20, '12:00:00.000')}`);
    expect(used(answer)).toEqual([
      [1, day(2), day(3), 172_800], [2, day(3), day(5), 345_600], [3, day(5), day(20, '12:00:00.000'), 2_678_400],
      [4, day(20), day(20, '12:00:00.000'), 86_400],
    ]);
    expect(answer.body.usage.map(({ state }: { state: string }) => state)).toEqual(['closed', 'closed', 'open', 'open']);
  });

  it('adds up over adjoining periods to the whole', async () => {
    await given(interval(1, 3), interval(2, null), interval(4, 30));
    const sum = async (query: string) =>
      used(await api.call(`GET /v1/usage?${query}`)).reduce((total, [, , , seconds]) => total + seconds, 0);
    const [one, other] = ['2026-01-02', '2026-01-15T07:00:00.001Z'];
    expect(await sum(`to=${one}`) + await sum(`from=${one}&to=${other}`) + await sum(`from=${other}`)).toBe(await sum(''));
  });

  it('knows nothing of the future', async () => {
    await given(interval(31, null));
    const { body } = await api.call('GET /v1/usage?to=2099-01-01');
    expect(body).toMatchObject({ to: day(31, '12:00:00.000'), usage: [{ seconds: 43_200 }] });
    expect((await api.call('GET /v1/usage?from=2098-01-01&to=2099-01-01')).body.usage).toEqual([]);
  });

  it('pages by the beginning of intervals, with the same end of the period on every page', async () => {
    await given(interval(4, 5), interval(1, null), interval(2, 3), interval(2, 4));
    const first = await api.call('GET /v1/usage?limit=3&project_id=p1&cluster=web');
    expect(used(first).map(([id]) => id)).toEqual([2, 3, 4]);
    expect(first.body.next).toBe(`http://localhost:80/v1/usage?${new URLSearchParams({
      to: day(31, '12:00:00.000'), limit: '3', marker: '00000000-0000-5000-8000-000000000004', project_id: 'p1', cluster: 'web',
    }).toString()}`);
    const second = await api.call(`GET ${first.body.next.slice('http://localhost:80'.length)}`);
    expect(used(second).map(([id]) => id)).toEqual([1]);
    expect(second.body).not.toHaveProperty('next');
  });

  it('goes through more intervals than are read at once', async () => {
    await given(...Array.from({ length: 2_001 }, () => interval(1, 2, { nodeCount: 1 })));
    expect(used(await api.call('GET /v1/usage?limit=1000&from=2026-01-01'))).toHaveLength(1_000);
    expect((await api.call('GET /v1/usage?group_by=flavor')).body.totals).toEqual([{ flavor: 'm1.large', node_seconds: 2_001 * 86_400 }]);
  });

  it('adds up by flavor, role or project', async () => {
    await given(
      interval(1, 2), interval(2, 3, { nodeCount: 1 }), interval(1, 2, { role: 'master', flavor: null, nodeCount: 1 }),
      interval(1, 2, { projectId: 'p2', bayId: OTHERS, bayName: 'others' }),
    );
    const totals = async (query: string) => (await api.call(`GET /v1/usage?${query}`, { as: 'admin' })).body;
    expect(await totals('group_by=flavor&to=2026-01-10')).toEqual({
      totals: [{ flavor: 'm1.large', node_seconds: 5 * 86_400 }, { flavor: null, node_seconds: 86_400 }], from: null, to: day(10),
    });
    expect((await totals('group_by=project_id,role&from=2026-01-02')).totals).toEqual([
      { project_id: 'p1', role: 'worker', node_seconds: 86_400 },
    ]);
  });

  it('shows a bay by id or name, also several that had one name', async () => {
    await given(interval(1, 2), interval(3, 4, { bayId: DB, bayName: 'db' }), interval(5, 6, { bayId: OTHERS, bayName: 'web' }));
    expect(used(await api.call(`GET /v1/usage?cluster=${DB}`)).map(([id]) => id)).toEqual([2]);
    expect(used(await api.call('GET /v1/usage?cluster=web')).map(([id]) => id)).toEqual([1, 3]);
  });

  it.each([
    ['member', '', 200, [1]], ['reader', '', 200, [1]], ['stranger', '', 200, [2]], ['admin', '', 200, [1, 2]],
    ['admin', '?project_id=p2', 200, [2]], ['admin', '?project_id=p9', 200, []], ['member', '?project_id=p1', 200, [1]],
    ['member', '?project_id=p2', 403, undefined], ['no-role', '', 403, undefined], ['unscoped', '', 403, undefined],
    ['nobody', '', 401, undefined],
  ])('answers %s%s with %i', async (as, query, status, seen) => {
    await given(interval(1, 2), interval(1, 2, { projectId: 'p2', bayId: OTHERS, bayName: 'others' }));
    const answer = await api.call(`GET /v1/usage${query}`, { as });
    expect(answer.status).toBe(status);
    if (seen) expect(used(answer).map(([id]) => id)).toEqual(seen);
  });

  it.each([OTHERS, 'others', DB, 'nothing'])('tells no bay of another project from none: %s', async (cluster) => {
    await given(interval(1, 2), interval(1, 2, { projectId: 'p2', bayId: OTHERS, bayName: 'others' }));
    expect(errorOf(await api.call(`GET /v1/usage?cluster=${cluster}`))).toMatchObject({ status: 404, code: 'client' });
  });

  it.each([
    ['from=yesterday', "Invalid input for field/attribute from. Value: 'yesterday'. It should be a day or a time with an offset"],
    ['to=2026-02-30', "Invalid input for field/attribute to. Value: '2026-02-30'."],
    ['from=2026-01-02&to=2026-01-02', 'The period is empty: from (2026-01-02T00:00:00.000Z) must be before to (2026-01-02T00:00:00.000Z).'],
    ['from=2027-01-01', 'The period is empty: from (2027-01-01T00:00:00.000Z) must be before to (2026-01-31T12:00:00.000Z).'],
    ['limit=0', 'Limit must be positive'],
    ['limit=many', 'Invalid input for field/attribute limit.'],
    ['marker=x', 'Invalid input for field/attribute marker.'],
    [`marker=${WEB}`, `The marker ${WEB} is not an interval of this list.`],
    ['marker=00000000-0000-5000-8000-000000000002', 'is not an interval of this list.'],
    ['group_by=color', 'Usage cannot be grouped by "color", only by flavor, role, project_id.'],
    ['group_by=flavor&limit=3', 'group_by has no pages: leave out limit and marker.'],
    ['sort_key=from', 'Unknown argument: "sort_key"'],
    ['from=2026-01-01&from=2026-01-02', 'Invalid input for field/attribute from.'],
  ])('refuses %s', async (query, detail) => {
    await given(interval(1, 2), interval(1, 2, { projectId: 'p2', bayId: OTHERS, bayName: 'others' }));
    const error = errorOf(await api.call(`GET /v1/usage?${query}`));
    expect(error).toMatchObject({ status: 400, code: 'client' });
    expect(error.detail).toContain(detail);
  });

  it('can only be read', async () => {
    const { status, headers } = await api.call('POST /v1/usage', { body: {} });
    expect([status, headers['allow']]).toEqual([405, 'GET']);
  });
});
