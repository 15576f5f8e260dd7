import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { freePort } from '@jeroboam/platform/testing';

/** The checkout, seen from the sources and from `dist`. */
export const root = import.meta.dirname.slice(0, import.meta.dirname.lastIndexOf(`${sep}test${sep}`));
export const nodeBinary = join(root, 'node_modules', '.bin', 'node');
export const FAKE_DRIVER = join(root, 'libs', 'driver-sdk', 'dist', 'testing', 'fake-driver.js');

export interface EmbeddedOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs it, e.g. one that takes capabilities away. */
  readonly wrapper?: readonly string[];
}

/** The embedded Jeroboam as a process of its own, on free ports and a directory of its own. */
export class EmbeddedProcess {
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(
    readonly apiPort: number,
    readonly sandboxPort: number,
    readonly dataDir: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly wrapper: readonly string[],
  ) {}

  static async start(options: EmbeddedOptions = {}): Promise<EmbeddedProcess> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'jeroboam-e2e-'));
    const embedded = new EmbeddedProcess(await freePort(), await freePort(), dataDir, options.env ?? {}, options.wrapper ?? []);
    await embedded.start();
    return embedded;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  get authUrl(): string {
    return `http://127.0.0.1:${this.sandboxPort}/v3`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Everything it has printed since its last start. */
  get output(): string {
    return this.#output;
  }

  /** Starts (again) on the same ports and data; resolves with the banner. */
  async start(): Promise<void> {
    this.#output = '';
    const [command, ...words] = [...this.wrapper, nodeBinary, join(root, 'apps', 'jeroboam', 'dist', 'main.js')];
    const child = spawn(command, words, {
      // The login file goes to the working directory: not into the checkout.
      cwd: this.dataDir,
      env: {
        PATH: process.env['PATH'], JEROBOAM_PORT: String(this.apiPort), JEROBOAM_SANDBOX_PORT: String(this.sandboxPort), JEROBOAM_DATA_DIR: this.dataDir, JEROBOAM_OPS_PORT: '0',
        JEROBOAM_DRIVERS: FAKE_DRIVER, JEROBOAM_LOG_FORMAT: 'json', ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        this.#output += chunk.toString();
        if (this.#output.includes('Jeroboam is ready')) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.on('exit', (code, signal) => reject(new Error(`Jeroboam ended before it was ready (${signal ?? code}):\n${this.#output}`)));
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Ends it in order and removes its data. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
