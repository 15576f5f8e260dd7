import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { EmbeddedProcess } from './harness/process.ts';

describe('a cluster template that is updated', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  });
  afterAll(() => jeroboam?.stop());

  it('leaves one fact that holds what is different, and none where nothing is', async () => {
    const id = await api.fakeTemplate({ a: '1' });
    const patch = [{ op: 'replace', path: '/name', value: 'other' }, { op: 'replace', path: '/labels', value: "{'a': '2'}" }];
    for (const path of [`/v1/clustertemplates/${id}`, `/v1/baymodels/${id}`]) {
      const { status, body } = await api.call('PATCH', path, patch, { 'openstack-api-version': 'container-infra 1.10' });
      expect({ status, body }).toMatchObject({ status: 200, body: { uuid: id, name: 'other', labels: { a: '2' } } });
    }
    const revisions = (await readLog(jeroboam.dataDir)).filter(({ type }) => type === 'BayModelRevised');
    expect(revisions.map(({ stream, data }) => ({ stream, data }))).toEqual([
      { stream: `baymodel-${id}`, data: { bayModelId: id, changes: { name: 'other', labels: { a: '2' } } } },
    ]);
  });

  it('does not change what a bay was made from', async () => {
    const id = await api.fakeTemplate({ a: '1' });
    await api.createBay(id);
    const { status, body } = await api.call('PATCH', `/v1/clustertemplates/${id}`, [{ op: 'remove', path: '/labels/a' }]);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ detail: expect.stringContaining('is referenced by') }] } });
  });
});
