import { OPERATIONS, type OperationDocument } from '@jeroboam/read-model';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const BAY = '11111111-1111-4111-8111-111111111111';

const OPERATION: OperationDocument = {
  id: 'op-1', bayId: BAY, projectId: 'p1', kind: 'resize', nodeGroup: 'default-worker', state: 'RUNNING', requestedBy: 'u1',
  requestId: 'req-1', correlationId: 'op-1',
  deadline: '2026-01-31T13:00:00.000Z', attempt: 2, result: null, createdAt: '2026-01-31T12:00:00.000Z', finishedAt: null,
  steps: [{
    name: 'plan', state: 'SUCCEEDED', attempts: 1, startedAt: '2026-01-31T12:00:01.000Z', finishedAt: '2026-01-31T12:00:02.500Z',
    error: null, blockedBy: ['x'],
  }],
};

describe('GET /v1/operations/{id}', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open();
    const at = '99999999999999999999';
    await api.readModel.commit('test', undefined, at, [{ kind: 'upsert', collection: OPERATIONS.name, document: OPERATION, position: at }]);
  });
  afterAll(() => api.close());

  it('shows the steps and how they went', async () => {
    expect((await api.call('GET /v1/operations/op-1')).body).toEqual({
      id: 'op-1', kind: 'resize', cluster_uuid: BAY, nodegroup: 'default-worker', state: 'RUNNING', project_id: 'p1', requested_by: 'u1',
      request_id: 'req-1',
      correlation_id: 'op-1', deadline: '2026-01-31T13:00:00+00:00', attempt: 2,
      steps: [{
        name: 'plan', state: 'SUCCEEDED', attempts: 1, started_at: '2026-01-31T12:00:01+00:00', finished_at: '2026-01-31T12:00:02+00:00',
        error: null, blocked_by: ['x'],
      }],
      result: null,
      links: [
        { href: 'http://localhost:80/v1/operations/op-1', rel: 'self' }, { href: 'http://localhost:80/operations/op-1', rel: 'bookmark' },
      ],
      created_at: '2026-01-31T12:00:00+00:00', finished_at: null,
    });
  });

  it.each([['member', 200], ['reader', 200], ['colleague', 200], ['admin', 200], ['no-role', 403], ['member-only', 403], ['stranger', 404]])('for %s is %i', async (as, status) => {
    expect((await api.call('GET /v1/operations/op-1', { as })).status).toBe(status);
  });

  it('is 404 for an unknown one', async () => {
    expect(errorOf(await api.call('GET /v1/operations/none'))).toMatchObject({ status: 404, detail: 'Operation none could not be found.' });
  });
});
