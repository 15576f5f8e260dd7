import { connect } from '@nats-io/transport-node';
import { startNatsServer } from './nats-server.ts';

describe('startNatsServer', () => {
  it('gives a server that answers, dies, comes back at the same place and goes', async () => {
    const server = await startNatsServer({ jetstream: true });
    try {
      const { url, monitorUrl, pid } = server;
      const { jetstream } = (await (await fetch(`${monitorUrl}/varz`)).json()) as { jetstream: { config?: object } };
      expect(jetstream.config).toBeDefined();
      await server.kill();
      await expect(connect({ servers: url, reconnect: false })).rejects.toThrow();
      await server.restart();
      expect(server.pid).not.toBe(pid);
      const connection = await connect({ servers: url });
      await connection.close();
    } finally {
      await server.stop();
    }
    await expect(server.stop()).resolves.toBeUndefined();
    await expect(fetch(`${server.monitorUrl}/varz`)).rejects.toThrow();
  });

  it('names the package to install when there is no such program', async () => {
    await expect(startNatsServer({ program: 'no-such-nats-server' })).rejects.toThrow('install the package "nats-server"');
  });

  it('says what the server said when it gives up', async () => {
    await expect(startNatsServer({ jetstream: true, storeDir: '/proc/no-such-folder' })).rejects.toThrow(/ended with 1 .*proc/su);
  });
});
