import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface NatsServerOptions {
  /** @default any free one */
  readonly port?: number;
  /** Folder for JetStream's files; without it the server has no JetStream. */
  readonly jetStreamDir?: string;
  /** Asked of every client. */
  readonly token?: string;
  /** Further arguments of `nats-server`. */
  readonly args?: readonly string[];
}

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Kills it as a crash would (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same port, after `kill` or `stop`. */
  restart(): Promise<void>;
  /** Ends it in an orderly way. Harmless when it is already gone. */
  stop(): Promise<void>;
}

/**
 * A real `nats-server` of this host (Debian package `nats-server`) on 127.0.0.1, ready for clients. Whoever starts it stops it.
 *
 * @throws when the program is not installed or ends before it listens; the message carries what it said.
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  // -1 makes the server choose a free port itself: no gap between finding and taking one.
  let { child, port } = await launch(options, options.port ?? -1);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async restart() {
      ({ child, port } = await launch(options, port));
    },
  };
}

async function launch(options: NatsServerOptions, port: number): Promise<{ child: ChildProcess; port: number }> {
  const args = ['--addr', '127.0.0.1', '--port', String(port), ...(options.args ?? [])];
  if (options.jetStreamDir) args.push('--jetstream', '--store_dir', options.jetStreamDir);
  if (options.token) args.push('--auth', options.token);
  const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // A test run that is cut off must not leave servers behind.
  const killIt = (): void => void child.kill('SIGKILL');
  process.once('exit', killIt);
  child.once('exit', () => process.off('exit', killIt));
  return { child, port: await listening(child) };
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    let port: number | undefined;
    child.once('error', (cause) => reject(new Error('nats-server cannot be started; is it installed?', { cause })));
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code} before it was ready:\n${said.join('\n')}`)));
    // The lines are read to the end: a full pipe would stop the server.
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (said.length < 100) said.push(line);
      port ??= Number(/client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]) || undefined;
      if (port !== undefined && line.includes('Server is ready')) resolve(port);
    });
  });
}
