import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { openHttpPool } from './http-pool.ts';
import type { HttpPool, HttpPoolOptions } from './http-pool.ts';

let server: Server;
let pool: HttpPool;

async function serve(listener: RequestListener, options?: HttpPoolOptions): Promise<string> {
  pool = openHttpPool(options);
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(() => {
  pool.close();
  server.closeAllConnections();
  server.close();
});

const get = (url: string, timeoutMs = 5_000) => pool.call({ method: 'GET', url, headers: {}, timeoutMs });

describe('openHttpPool', () => {
  it('gives the status, headers and body of any answer', async () => {
    const url = await serve((_, response) => response.writeHead(418, { 'X-Pot': 'tea' }).end('short and stout'));
    expect(await get(url)).toMatchObject({ status: 418, headers: { 'x-pot': 'tea' }, body: 'short and stout' });
  });

  it('sends a body with its length in bytes', async () => {
    const url = await serve((request, response) => {
      response.write(`${request.headers['content-length']} `);
      request.pipe(response);
    });
    const { body } = await pool.call({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, body: 'é', timeoutMs: 5_000 });
    expect(body).toBe('2 é');
  });

  it('does not follow a redirect', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect((await get(url)).status).toBe(302);
  });

  it('uses one connection again and again', async () => {
    const url = await serve((request, response) => response.end(String(request.socket.remotePort)));
    expect((await get(url)).body).toBe((await get(url)).body);
  });

  it('tries once more when a kept connection turns out to be closed', async () => {
    const killed = new Set<Socket>();
    const url = await serve((request, response) => {
      if (request.url !== '/second' || killed.size > 0) return response.end('here');
      killed.add(request.socket);
      return request.socket.resetAndDestroy();
    });
    await get(url);
    expect((await get(`${url}second`)).body).toBe('here');
  });

  it('fails when a new connection is cut off', async () => {
    const url = await serve((request) => request.socket.resetAndDestroy());
    await expect(get(url)).rejects.toMatchObject({ name: 'HttpFailure', message: expect.stringContaining('ECONNRESET') as string });
  });

  it('fails when the answer is cut off', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begin', () => request.socket.destroy());
    });
    await expect(get(url)).rejects.toMatchObject({ name: 'HttpFailure' });
  });

  it('gives up after the time allowed, also in the middle of an answer', async () => {
    const url = await serve((request, response) => (request.url === '/half' ? response.write('begin') : undefined));
    await expect(get(url, 20)).rejects.toMatchObject({ name: 'HttpFailure', message: 'no answer within 20 ms' });
    await expect(get(`${url}half`, 20)).rejects.toMatchObject({ name: 'HttpFailure', message: 'no answer within 20 ms' });
  });

  it('gives up a request that waits too long for a connection, and serves the next', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const listener: RequestListener = (request, response) => (request.url === '/slow' ? arrived.resolve(response) : response.end('fast'));
    const url = await serve(listener, { maxSockets: 1 });
    const slow = get(`${url}slow`);
    await expect(get(url, 20)).rejects.toMatchObject({ name: 'HttpFailure', message: 'no free connection within 20 ms' });
    const next = get(url);
    (await arrived.promise).end('slow');
    expect((await slow).body).toBe('slow');
    expect((await next).body).toBe('fast');
  });

  it('refuses more requests than may wait', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const url = await serve((_, response) => arrived.resolve(response), { maxSockets: 1, maxWaiting: 0 });
    const first = get(url);
    await expect(get(url)).rejects.toMatchObject({ message: '0 requests are waiting already' });
    (await arrived.promise).end('slow');
    expect((await first).body).toBe('slow');
  });

  it('refuses an answer that is too large', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1_000)), { maxAnswerBytes: 999 });
    await expect(get(url)).rejects.toMatchObject({ message: 'the answer is larger than 999 bytes' });
  });
});
