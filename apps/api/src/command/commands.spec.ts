import { DomainError } from '@jeroboam/domain';
import { LogUnavailable } from '@jeroboam/event-log';
import { ApiHarness, TEMPLATE, errorOf } from '../testing/api-harness.ts';

class BusAway extends DomainError {
  readonly code = 'MESSAGING_UNAVAILABLE';
  readonly kind = 'unavailable';
}

describe('a command', () => {
  let api: ApiHarness;
  let model: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    model = await api.givenBayModel();
  });
  afterAll(() => api.close());
  afterEach(() => {
    api.services.failure = undefined;
    api.services.lagging = false;
  });
  const create = () => api.call('POST /v1/clusters', { body: { name: 'c1', cluster_template_id: model } });

  it.each([['the bus is away', new BusAway('the bus is away')], ['the log is away', new LogUnavailable('the disk is full')]])('is 503 in shape, with a time to come back, when %s', async (_what, failure) => {
    api.services.failure = failure;
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(errorOf(answer)).toMatchObject({ status: 503, code: 'server' });
    expect((await api.call('GET /v1/clusters')).body).toEqual({ clusters: [] });
  });

  it('is 503 while its effect cannot be read: never 202 and then a stale answer', async () => {
    api.services.lagging = true;
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(errorOf(answer).detail).toBe(
      'The request was accepted, but its effect cannot be read yet; do not repeat it, look again in a moment.',
    );
    expect((await api.call('POST /v1/clustertemplates', { body: TEMPLATE })).status).toBe(503);
    await api.services.project();
    expect((await api.call('GET /v1/clusters')).body.clusters).toHaveLength(1);
  });

  it('that breaks an invariant is 500, says nothing of the inside and wakes someone', async () => {
    api.services.failure = new Error('secret inside');
    const answer = await create();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret inside');
    expect(api.logger.lines.at(-1)).toMatchObject({ level: 'error', message: 'request failed unexpectedly' });
  });
});
