import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StreamConfig } from '@nats-io/jetstream';
import { LOG_STREAM, configProblems, syncProblems } from './suitability.ts';

const suitable = { ...LOG_STREAM, subjects: ['log.>'], num_replicas: 3, max_age: 0, max_msgs: -1, max_bytes: -1, max_msgs_per_subject: -1 } as unknown as StreamConfig;

describe('the configuration of a log stream', () => {
  it('is fine as the log makes it', () => {
    expect(configProblems(suitable, 'log.>', {})).toEqual([]);
  });

  it.each<[keyof StreamConfig, unknown]>([
    ['deny_delete', false], ['deny_purge', false], ['allow_rollup_hdrs', true], ['storage', 'memory'], ['retention', 'workqueue'], ['max_age', 1],
    ['max_msgs', 10], ['max_bytes', 10], ['max_msgs_per_subject', 1], ['num_replicas', 2], ['subjects', ['other.>']], ['subjects', ['log.>', 'other.>']],
  ])('is refused with %s %j, by name', (setting, value) => {
    expect(configProblems({ ...suitable, [setting]: value }, 'log.>', {})).toEqual([expect.stringContaining(setting)]);
  });

  it('lists everything at once, but for what is accepted', () => {
    const bad = { ...suitable, deny_delete: false, num_replicas: 1 };
    expect(configProblems(bad, 'log.>', {})).toHaveLength(2);
    expect(configProblems(bad, 'log.>', { replicas: 1 })).toEqual([expect.stringContaining('deny_delete')]);
  });
});

describe('asking servers whether they flush before they acknowledge', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  /** What `/jsz?config=true` of a 2.10 server says; a 2.9 one has no `sync_always`. */
  const monitor = async (serverId: string, config: object, status = 200): Promise<string> => {
    const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify({ server_id: serverId, config }))).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('believes it when every server with a copy says so', async () => {
    const urls = await Promise.all(['A', 'B', 'C'].map((id) => monitor(id, { sync_always: true, sync_interval: 120e9 })));
    expect(await syncProblems(urls, 3)).toEqual([]);
  });

  it('does not believe silence, one server for three, or one that is not asked', async () => {
    const synced = await monitor('A', { sync_always: true });
    const unsynced = await monitor('B', { sync_interval: 120e9 });
    const broken = await monitor('C', {}, 500);
    expect(await syncProblems([], 3)).toEqual([expect.stringContaining('without monitorUrls')]);
    expect(await syncProblems([synced, synced, synced], 3)).toEqual([expect.stringContaining('monitorUrls names 1')]);
    expect(await syncProblems([synced, unsynced, broken], 3)).toEqual([
      expect.stringContaining(`${unsynced} acknowledges before it flushes`),
      expect.stringContaining(`${broken} does not say`),
    ]);
  });

  it('says so when a server cannot be asked at all', async () => {
    const url = await monitor('A', {});
    await new Promise((resolve) => servers.splice(0)[0]!.close(resolve));
    expect(await syncProblems([url], 1)).toEqual([expect.stringContaining(`${url} does not say`)]);
  });
});
