import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NatsServerOptions {
  /** Gives the server JetStream. @default false */
  readonly jetstream?: boolean;
  /** Where JetStream keeps its files. @default a temporary folder that `stop` removes */
  readonly storeDir?: string;
  /** @default a free one */
  readonly port?: number;
  /** @default 'nats-server' */
  readonly program?: string;
}

export interface NatsServer {
  readonly url: string;
  /** Base of the server's monitoring endpoints, e.g. `${monitorUrl}/varz`. */
  readonly monitorUrl: string;
  /** Of the process running now: another one after `restart`. */
  readonly pid: number;
  /** Ends it in an orderly way and removes the store folder unless it was given. Harmless when it is gone already. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL). The store folder stays. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and store folder, after a `kill`. */
  restart(): Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly monitorPort: number;
}

/**
 * A real `nats-server` on 127.0.0.1, ready for clients. Whoever starts it stops it; it dies with this process at the latest.
 *
 * @throws naming the package to install when there is no such program, or with what the server said when it gave up.
 */
export async function startNatsServer({ jetstream = false, storeDir, port, program = 'nats-server' }: NatsServerOptions = {}): Promise<NatsServer> {
  const temporaryDir = jetstream && storeDir === undefined ? mkdtempSync(join(tmpdir(), 'jeroboam-nats-')) : undefined;
  const args = jetstream ? ['--jetstream', '--store_dir', (storeDir ?? temporaryDir)!] : [];
  // -1 lets the server choose: no gap between finding a free port and taking it.
  let running = await launch(program, args, port ?? -1, -1);
  return {
    url: `nats://127.0.0.1:${running.port}`,
    monitorUrl: `http://127.0.0.1:${running.monitorPort}`,
    get pid() {
      return running.child.pid!;
    },
    async stop() {
      await end(running.child, 'SIGTERM');
      if (temporaryDir !== undefined) rmSync(temporaryDir, { recursive: true, force: true });
    },
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      running = await launch(program, args, running.port, running.monitorPort);
    },
  };
}

async function launch(program: string, args: readonly string[], port: number, monitorPort: number): Promise<Running> {
  const child = spawn(program, ['--addr', '127.0.0.1', '--port', String(port), '--http_port', String(monitorPort), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Debian keeps it in sbin, which is not on every user's path.
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` },
  });
  const killWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  return { child, ...(await ready(child)) };
}

function ready(child: ChildProcess): Promise<Omit<Running, 'child'>> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const ports: { client?: number; monitor?: number } = {};
    child.once('error', (cause) => reject(new Error(`${child.spawnfile} does not start: install the package "nats-server"`, { cause })));
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code} before it was ready:\n${said.join('\n')}`)));
    // Read to the end: a full pipe would stop the server.
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (said.length < 100) said.push(line);
      ports.monitor ??= portIn(line, /http monitor on \S*:(\d+)/);
      ports.client ??= portIn(line, /client connections on \S*:(\d+)/);
      if (!line.includes('Server is ready')) return;
      if (ports.client === undefined || ports.monitor === undefined) reject(new Error(`nats-server did not say its ports:\n${said.join('\n')}`));
      else resolve({ port: ports.client, monitorPort: ports.monitor });
    });
  });
}

function portIn(line: string, pattern: RegExp): number | undefined {
  const port = pattern.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
