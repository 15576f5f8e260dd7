import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@jeroboam/platform/testing';
import { FAKE_DRIVER, nodeBinary, root } from './process.ts';

/** Every service as a process of its own over NATS, as `npm run services` starts them, on free ports and in its own directory. */
export class ServiceProcesses {
  #output = '';

  private constructor(
    readonly dataDir: string,
    readonly apiUrl: string,
    readonly authUrl: string,
    private readonly supervisor: ChildProcess,
  ) {}

  /** Resolves when all of them are ready. */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<ServiceProcesses> {
    const [api, sandbox, nats] = await freePorts(3);
    const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-services-'));
    const supervisor = spawn(nodeBinary, [join(root, 'infra/tools/services.mjs')], {
      env: {
        PATH: process.env['PATH'], HOME: process.env['HOME'], JEROBOAM_PORT: String(api), JEROBOAM_SANDBOX_PORT: String(sandbox), JEROBOAM_NATS_PORT: String(nats),
        JEROBOAM_DATA_DIR: dataDir, JEROBOAM_DRIVERS: FAKE_DRIVER, JEROBOAM_OPENRC: join(dataDir, 'openrc'), JEROBOAM_BUILT: '1', ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const services = new ServiceProcesses(dataDir, `http://127.0.0.1:${api}`, `http://127.0.0.1:${sandbox}/v3`, supervisor);
    await services.#ready();
    return services;
  }

  /** Everything they have printed. */
  get output(): string {
    return this.#output;
  }

  /** The supervisor starts it again. */
  kill(service: string): void {
    process.kill(Number(readFileSync(join(this.dataDir, `${service}.pid`), 'utf8')), 'SIGKILL');
  }

  /** Ends them in order and removes their data. */
  async stop(): Promise<void> {
    this.supervisor.kill('SIGTERM');
    if (this.supervisor.exitCode === null && this.supervisor.signalCode === null) await once(this.supervisor, 'exit');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        this.#output += chunk.toString();
        if (this.#output.includes('services are ready')) resolve();
      };
      this.supervisor.stdout!.on('data', take);
      this.supervisor.stderr!.on('data', take);
      this.supervisor.on('exit', () => reject(new Error(`the services ended before they were ready:\n${this.#output}`)));
    });
  }
}
