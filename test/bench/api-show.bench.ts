import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { createApiApp } from '@jeroboam/api';
import { openSqliteReadModel } from '@jeroboam/read-model';
import { HEADERS, apiDependencies, fillWithBays, getRequest } from './api-fixture.ts';
import { measurePairs, portOf } from './api-pairs.ts';
import type { BenchRow } from './bench.ts';

// Reading bays with a token that was validated before, against bare Fastify that answers the same object without asking
// anybody for it. Ours authenticates, negotiates, reads bays from SQLite and shows them. Many asking for one bay is what
// waiting for it looks like, and share the reading; each asking for another do not.

const BAY_COUNT = 1_000;

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const readModel = await openSqliteReadModel({ path: join(folder, 'read.db') });
  const ids = await fillWithBays(readModel, BAY_COUNT);
  const api = await createApiApp(apiDependencies(readModel));
  const open = await createApiApp(apiDependencies(readModel, 'none'));
  await Promise.all([api.listen(0, '127.0.0.1'), open.listen(0, '127.0.0.1')]);
  const bare = fastify();
  const answer = async (path: string): Promise<unknown> => (await fetch(`${await api.getUrl()}${path}`, { headers: HEADERS })).json();
  const [one, list] = [await answer(`/v1/clusters/${ids[0]}`), await answer('/v1/clusters')];
  bare.get('/v1/clusters/:ident', (_request, reply) => reply.send(one));
  bare.get('/v1/clusters', (_request, reply) => reply.send(list));
  const bareUrl = await bare.listen({ port: 0, host: '127.0.0.1' });
  try {
    const ports = [portOf(await api.getUrl()), portOf(bareUrl)] as const;
    const shows = ids.map((id) => getRequest(`/v1/clusters/${id}`));
    const load = { connections: 32, windowMs: 700 };
    const listed = await measurePairs({
      name: `GET /v1/clusters, ${BAY_COUNT} bays, one client`, requests: [getRequest('/v1/clusters')], ports, connections: 1, windowMs: 2_000,
    });
    return [
      await measurePairs({ name: 'GET /v1/clusters/{id}, one bay', requests: shows.slice(0, 1), ports, ...load, target: 'ratio >= 0.5' }),
      await measurePairs({ name: `GET /v1/clusters/{id}, ${BAY_COUNT} bays in turn`, requests: shows, ports, ...load }),
      await measurePairs({
        name: 'the same with a cached token, against none', requests: shows, ports: [ports[0], portOf(await open.getUrl())], ...load, target: 'ratio >= 0.8',
      }),
      listed,
      { name: `GET /v1/clusters, ${BAY_COUNT} bays, one client`, value: 1_000 / listed.value, unit: 'ms', floor: 1_000 / listed.floor!, target: '< 35' },
    ];
  } finally {
    await Promise.all([api.close(), open.close(), bare.close()]);
    await readModel.close();
    rmSync(folder, { recursive: true });
  }
}
