import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';
import { startNatsServer } from './nats-server.ts';

async function greeting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString();
}

describe('startNatsServer', () => {
  it('comes back at the same port after it was killed', async () => {
    const server = await startNatsServer();
    expect(await greeting(server.port)).toMatch(/^INFO \{/);
    await server.kill();
    await expect(greeting(server.port)).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await greeting(server.port)).toMatch(/^INFO \{/);
    await server.stop();
    await expect(greeting(server.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('takes the port it is given', async () => {
    const port = await freePort();
    const server = await startNatsServer({ port, token: 'open sesame' });
    expect(await greeting(port)).toContain('"auth_required":true');
    await server.stop();
  });

  it('says why the server did not start', async () => {
    await expect(startNatsServer({ args: ['--no-such-option'] })).rejects.toThrow('no-such-option');
  });
});
