import { ApiHarness, errorOf } from '../testing/api-harness.ts';

describe.each([
  ['certificates', 'container-infra 1.4', 'rotate-ca'],
  ['credentials', 'container-infra 1.12', 'rotate-credential'],
])('PATCH /v1/%s/{cluster}', (collection, version, kind) => {
  let api: ApiHarness;
  let uuid: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    uuid = await api.givenCompleteBay(await api.givenBayModel());
  });
  afterAll(() => api.close());
  const rotate = (ident: string, options: object = {}) => api.call(`PATCH /v1/${collection}/${ident}`, { version, ...options });

  it('answers 202 with the id, also to a body of no type that anybody reads', async () => {
    const answer = await rotate('c1', { headers: { 'content-type': 'application/octet-stream' } });
    expect([answer.status, answer.body]).toEqual([202, { uuid }]);
    expect((await api.call(`GET ${String(answer.headers['location'])}`)).body).toMatchObject({ kind, nodegroup: null });
    expect((await api.call(`GET /v1/clusters/${uuid}`)).body.status).toBe('UPDATE_IN_PROGRESS');
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', uuid))!;
    await api.services.tell(uuid, { type: 'FailOperation', data: { operationId, reason: 'Step x failed: away' } });
    expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({ status: 'UPDATE_FAILED', status_reason: 'Step x failed: away', faults: {} });
  });

  it('refuses a bay that is being made, one that is not there, and another project\'s', async () => {
    const unborn = await api.givenBay(await api.givenBayModel({ name: 'other' }), { name: 'unborn' });
    expect(errorOf(await rotate(unborn))).toMatchObject({ status: 400, detail: 'Updating a cluster when status is "CREATE_IN_PROGRESS" is not supported.' });
    expect((await rotate('nope')).status).toBe(404);
    expect((await rotate(uuid, { as: 'admin' })).status).toBe(404);
  });

  it('takes no list for a body', async () => {
    expect(errorOf(await rotate(uuid, { body: [] }))).toMatchObject({ status: 400, detail: 'Request must be a JSON dict' });
    expect((await rotate(uuid, { body: {}, as: 'reader' })).status).toBe(403);
  });
});

it('rotates no CA of a bay without TLS', async () => {
  const api = await ApiHarness.open();
  const uuid = await api.givenCompleteBay(await api.givenBayModel({ tls_disabled: true }));
  expect(errorOf(await api.call(`PATCH /v1/certificates/${uuid}`))).toMatchObject({ status: 400, detail: 'Rotating the CA certificate on a non-TLS cluster is not supported' });
  await api.close();
});

it('has the credentials from 1.12 on, for PATCH alone', async () => {
  const api = await ApiHarness.open();
  expect((await api.call('PATCH /v1/credentials/c1', { version: 'container-infra 1.11' })).status).toBe(406);
  expect((await api.call('GET /v1/credentials/c1')).status).toBe(405);
  await api.close();
});
