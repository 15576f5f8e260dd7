import type { CloudRequest, CloudSession } from '@jeroboam/openstack';
import { meteredServers } from './metered-servers.ts';

const SINCE = '2026-01-31T12:00:00.000Z';

interface Answer {
  readonly status: number;
  readonly usages?: readonly Readonly<Record<string, unknown>>[];
  readonly more?: boolean;
}

/** A session that gives these answers one after the other, and what it was asked. */
function sessionOf(answers: readonly Answer[], types: readonly string[] = ['compute']) {
  const asked: CloudRequest[] = [];
  const left = [...answers];
  const session = {
    identity: async () => ({ projectId: 'p1', catalog: types.map((type) => ({ type, name: type, endpoints: [] })) }),
    request: async (request: CloudRequest) => {
      asked.push(request);
      const { status, usages = [], more = false } = left.shift()!;
      const body = { tenant_usage: usages.length === 0 ? {} : { server_usages: usages }, ...(more && { tenant_usage_links: [{ rel: 'next', href: 'http://elsewhere' }] }) };
      return { status, headers: {}, body: JSON.stringify(body) };
    },
  } as unknown as CloudSession;
  return { session, asked };
}
const usage = (id: string, from: string | null, to: string | null = null) => ({ instance_id: id, name: `name-of-${id}`, started_at: from, ended_at: to });

describe('what Nova has metered of a project', () => {
  it('is told page by page, with times in UTC, of servers that are there and that are gone', async () => {
    const { session, asked } = sessionOf([
      { status: 200, usages: [usage('a', '2026-01-31T12:00:01.500000', '2026-01-31 13:00:00'), usage('b', null)], more: true },
      { status: 200, usages: [usage('c', '2026-01-31T12:00:02')] },
    ]);
    expect(await meteredServers(session, SINCE)).toEqual([
      { id: 'a', name: 'name-of-a', from: '2026-01-31T12:00:01.500Z', to: '2026-01-31T13:00:00.000Z' },
      { id: 'c', name: 'name-of-c', from: '2026-01-31T12:00:02.000Z', to: null },
    ]);
    expect(asked.map(({ path }) => path)).toEqual([
      '/os-simple-tenant-usage/p1?start=2026-01-31T12%3A00%3A00.000&limit=1000',
      '/os-simple-tenant-usage/p1?start=2026-01-31T12%3A00%3A00.000&limit=1000&marker=b',
    ]);
  });

  it('is nothing where there was no server', async () => {
    expect(await meteredServers(sessionOf([{ status: 200 }]).session, SINCE)).toEqual([]);
  });

  it.each([403, 404, 406])('is not known where Nova answers with %s', async (status) => {
    expect(await meteredServers(sessionOf([{ status }]).session, SINCE)).toBeUndefined();
  });

  it('is not known where there is no Nova', async () => {
    expect(await meteredServers(sessionOf([], ['orchestration']).session, SINCE)).toBeUndefined();
  });

  it('is asked for again where Nova does not answer now', async () => {
    await expect(meteredServers(sessionOf([{ status: 503 }]).session, SINCE)).rejects.toMatchObject({ retryable: true });
  });
});
