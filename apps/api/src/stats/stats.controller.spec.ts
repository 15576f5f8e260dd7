import { ApiHarness, errorOf } from '../testing/api-harness.ts';

describe('/v1/stats', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open();
    const model = await api.givenBayModel();
    await api.givenBay(model, { name: 'one', node_count: 2, master_count: 1 });
    await api.givenBay(model, { name: 'two', node_count: 1, master_count: 1 });
    await api.givenBay(await api.givenBayModel({}, 'stranger'), { node_count: 4 }, 'stranger');
  });
  afterAll(() => api.close());

  it.each([
    ['member', '', { clusters: 2, nodes: 5 }],
    ['member', '?project_id=p1&type=Cluster', { clusters: 2, nodes: 5 }],
    ['stranger', '', { clusters: 1, nodes: 5 }],
    ['admin', '', { clusters: 3, nodes: 10 }],
    ['admin', '?project_id=p2', { clusters: 1, nodes: 5 }],
    ['admin', '?project_id=p99', { clusters: 0, nodes: 0 }],
  ])('counts for %s%s clusters and nodes, masters too', async (as, query, counted) => {
    const { status, text } = await api.call(`GET /v1/stats${query}`, { as });
    expect([status, text]).toEqual([200, JSON.stringify(counted)]);
  });

  it.each([
    ['member', '?type=nope', 400, "Invalid stats type. Allowed values are 'cluster'"],
    ['member', '?project_id=p2', 403, 'Not authorized.'],
    ['member', '?limit=1', 400, 'Unknown argument: "limit"'],
    ['no-role', '', 403, "Policy doesn't allow stats:get_all to be performed."],
  ])('refuses %s%s with %i', async (as, query, status, detail) => {
    expect(errorOf(await api.call(`GET /v1/stats${query}`, { as }))).toMatchObject({ status, code: 'client', detail });
  });
});
