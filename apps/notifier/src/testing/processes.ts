import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process and everything that it starts; it dies with this one at the latest. */
export class ProcessGroup {
  readonly #child: ChildProcess;
  readonly #said: string[] = [];
  readonly #exited: Promise<unknown>;
  readonly #killWithUs = (): void => this.#signal('SIGKILL');

  constructor(readonly name: string, program: string, args: readonly string[], { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string }) {
    this.#child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#said.push(String(error)));
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
    this.#exited = once(this.#child, 'exit').catch(() => undefined);
    process.once('exit', this.#killWithUs);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last that it wrote. */
  get said(): string {
    return this.#said.join('');
  }

  async end(signal: 'SIGTERM' | 'SIGKILL', patienceMs = 10_000): Promise<void> {
    process.off('exit', this.#killWithUs);
    this.#signal(signal);
    const isOver = await Promise.race([this.#exited.then(() => true), sleep(patienceMs, false, { ref: false })]);
    // What the leader has left behind, or a leader that does not go.
    this.#signal('SIGKILL');
    if (!isOver) await this.#exited;
  }

  #hear(words: string): void {
    this.#said.push(words);
    if (this.#said.length > 1_000) this.#said.shift();
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Asks again and again until the answer is not undefined.
 *
 * @throws when `patienceMs` milliseconds are over, with what `complaint` says.
 */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  { patienceMs = 30_000, everyMs = 50, complaint = () => 'it never came' }: { readonly patienceMs?: number; readonly everyMs?: number; readonly complaint?: () => string } = {},
): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(complaint());
    await sleep(everyMs);
  }
}

export function isListening(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(undefined));
  });
}
