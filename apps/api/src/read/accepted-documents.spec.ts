import { randomUUID } from 'node:crypto';
import { ApiHarness, TEMPLATE } from '../testing/api-harness.ts';

const AT_1_1 = 'container-infra 1.1';

describe('a change that was accepted and undone by somebody else before it could be read', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());
  const meanwhile = (request: string, as = 'member') => {
    api.services.meanwhile = async () => {
      await api.services.project();
      await api.call(request, { as });
    };
  };

  it.each(['clustertemplates', 'baymodels'])('is answered with what it made: POST of %s', async (resource) => {
    const uuid = randomUUID();
    meanwhile(`DELETE /v1/clustertemplates/${uuid}`);
    const made = await api.call(`POST /v1/${resource}`, { version: AT_1_1, body: { ...TEMPLATE, uuid } });
    expect(made).toMatchObject({
      status: 201, headers: { location: expect.stringContaining(uuid) },
      body: { uuid, name: 'swarm', coe: 'swarm-mode', created_at: '2026-01-31T12:00:00+00:00', updated_at: null },
    });
    expect((await api.call(`GET /v1/clustertemplates/${uuid}`)).status).toBe(404);
  });

  it.each(['clustertemplates', 'baymodels'])('is answered with what it made: PATCH of %s', async (resource) => {
    const id = await api.givenBayModel();
    meanwhile(`DELETE /v1/clustertemplates/${id}`);
    const changed = await api.call(`PATCH /v1/${resource}/${id}`, { version: AT_1_1, body: [{ op: 'replace', path: '/name', value: 'other' }] });
    expect(changed).toMatchObject({ status: 200, body: { uuid: id, name: 'other', updated_at: '2026-01-31T12:00:00+00:00' } });
    expect((await api.call(`GET /v1/clustertemplates/${id}`)).status).toBe(404);
  });

  it('is answered with what it made: POST and PATCH of quotas', async () => {
    const row = (id: number, project: string, limit: number) => ({ id, project_id: project, hard_limit: limit, resource: 'Cluster' });
    const create = (project: string) => api.call('POST /v1/quotas', { as: 'admin', body: { project_id: project, hard_limit: 9 } });
    await create('p1');
    meanwhile('DELETE /v1/quotas/p2/Cluster', 'admin');
    expect(await create('p2')).toMatchObject({ status: 201, body: row(2, 'p2', 9) });
    await create('p2');
    meanwhile('DELETE /v1/quotas/p2/Cluster', 'admin');
    expect(await api.call('PATCH /v1/quotas/p2/Cluster', { as: 'admin', body: { hard_limit: 4 } })).toMatchObject({ status: 202, body: row(2, 'p2', 4) });
    expect((await api.call('GET /v1/quotas/p2/Cluster')).body).not.toHaveProperty('id');
  });

  it('is answered with what it made: a bay at 1.1', async () => {
    const model = await api.givenBayModel();
    api.services.meanwhile = async () => {
      const { bayId } = (api.services.sent.at(-1)!.payload as { spec: { bayId: string } }).spec;
      await api.services.tell(bayId, { type: 'DeleteBay', data: { operationId: 'gone' } });
      await api.services.tell(bayId, { type: 'CompleteOperation', data: { operationId: 'gone', outputs: {} } });
    };
    const made = await api.call('POST /v1/bays', { version: AT_1_1, body: { name: 'b1', baymodel_id: model } });
    expect(made).toMatchObject({ status: 201, body: { name: 'b1', status: 'CREATE_IN_PROGRESS' } });
    expect((await api.call(`GET /v1/clusters/${made.body.uuid}`)).status).toBe(404);
  });

  it('is shown as it is now while it is there', async () => {
    const id = await api.givenBayModel();
    const patch = (name: string) => ({ body: [{ op: 'replace', path: '/name', value: name }] });
    api.services.meanwhile = () => api.call(`PATCH /v1/clustertemplates/${id}`, patch('second'));
    expect((await api.call(`PATCH /v1/clustertemplates/${id}`, patch('first'))).body.name).toBe('second');
  });
});
