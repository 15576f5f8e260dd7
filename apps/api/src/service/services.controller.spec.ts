import { NoHandler } from '@jeroboam/messaging';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const SERVICE = {
  host: 'h1', binary: 'magnum-conductor', state: 'up', id: 1, report_count: 3, disabled: false, disabled_reason: null,
  created_at: '2026-01-31T12:00:00+00:00', updated_at: '2026-01-31T12:02:00+00:00',
};

describe('/v1/mservices', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());
  const list = (as = 'admin', query = '') => api.call(`GET /v1/mservices${query}`, { as });

  it('shows the scheduler that answers as a conductor that is up', async () => {
    const { status, text } = await list();
    expect([status, text]).toEqual([200, JSON.stringify({ mservices: [SERVICE] })]);
  });

  it('shows one that does not answer as it was last, and down', async () => {
    await list();
    api.services.failure = new NoHandler('scheduler.status');
    expect((await list()).body).toEqual({ mservices: [{ ...SERVICE, state: 'down' }] });
    api.services.failure = undefined;
    expect((await list()).body).toEqual({ mservices: [SERVICE] });
  });

  it('shows nothing while none has ever answered', async () => {
    api.services.failure = new NoHandler('scheduler.status');
    expect((await list()).body).toEqual({ mservices: [] });
  });

  it('is for administrators only, and has no pages', async () => {
    expect(errorOf(await list('member'))).toMatchObject({
      status: 403, detail: "Policy doesn't allow magnum-service:get_all to be performed.",
    });
    expect(errorOf(await list('admin', '?limit=1'))).toMatchObject({ status: 400, detail: 'Unknown argument: "limit"' });
  });
});
