import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes; read for its last words. */
  readonly logFile: string;
  /** Any answer at all from here means that it is ready. */
  readonly readyUrl: string;
}

const READY_WITHIN_MS = 90_000;

/** A server of somebody else's, run for a test: ready when it answers, ended by its own process id. */
export class ServerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** @throws with the end of its log when it ends, or does not answer in time. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const log = openSync(command.logFile, 'a');
    const child = spawn(command.program, command.args, { env: command.env, stdio: ['ignore', log, log] });
    closeSync(log);
    const server = new ServerProcess(child);
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    try {
      await Promise.race([server.#answers(command.readyUrl), failed]);
    } catch (error) {
      await server.end();
      const lastWords = readFileSync(command.logFile, 'utf8').slice(-3_000);
      throw new Error(`${command.program} ${command.args.join(' ')} did not get ready:\n${lastWords}`, { cause: error });
    }
    return server;
  }

  get pid(): number {
    return this.child.pid!;
  }

  async end(): Promise<void> {
    if (this.#ended() || this.child.pid === undefined) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  async #answers(url: string): Promise<void> {
    const deadlineMs = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadlineMs) {
      if (this.#ended()) throw new Error('it ended');
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      if (answer) return;
      await setTimeout(100);
    }
    throw new Error(`no answer within ${READY_WITHIN_MS} ms`);
  }

  #ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
