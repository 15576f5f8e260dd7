import { redactText } from '../log/redact.ts';
import { systemTimers, type Timers } from '../time/timers.ts';

/** Throws, or rejects, with the reason when something is not as it must be. */
export type HealthCheck = () => void | Promise<void>;

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  /** By name of the check: `ok`, or why not. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface HealthOptions {
  /** A check that takes longer, in milliseconds, has failed. @default 2000 */
  readonly timeoutMs?: number;
  readonly timers?: Timers;
}

/**
 * What a process knows of its own health. *Live* means that starting it again would not help; *ready* that it can do
 * its work now, for which others (bus, log, read model) must be there.
 */
export class HealthRegistry {
  private readonly live = new Map<string, HealthCheck>();
  private readonly ready = new Map<string, HealthCheck>();
  private readonly timeoutMs: number;
  private readonly timers: Timers;

  constructor({ timeoutMs = 2_000, timers = systemTimers }: HealthOptions = {}) {
    this.timeoutMs = timeoutMs;
    this.timers = timers;
  }

  /** @returns what takes the check away again. */
  addLiveness(name: string, check: HealthCheck): () => void {
    return added(this.live, name, check);
  }

  /** @returns what takes the check away again. */
  addReadiness(name: string, check: HealthCheck): () => void {
    return added(this.ready, name, check);
  }

  liveness(): Promise<HealthReport> {
    return this.report(this.live);
  }

  readiness(): Promise<HealthReport> {
    return this.report(this.ready);
  }

  private async report(checks: ReadonlyMap<string, HealthCheck>): Promise<HealthReport> {
    const results = await Promise.all([...checks].map(async ([name, check]) => [name, await this.outcome(check)] as const));
    return { status: results.every(([, outcome]) => outcome === 'ok') ? 'ok' : 'failing', checks: Object.fromEntries(results) };
  }

  private outcome(check: HealthCheck): Promise<string> {
    return new Promise((resolve) => {
      const timer = this.timers.after(this.timeoutMs, () => resolve(`no answer within ${this.timeoutMs} ms`));
      const settle = (outcome: string): void => {
        timer.cancel();
        resolve(outcome);
      };
      // What a check says can come from anywhere, also from a server that repeats our password.
      const failed = (error: unknown): void => settle(redactText(error instanceof Error ? error.message : String(error)));
      Promise.resolve()
        .then(check)
        .then(() => settle('ok'), failed);
    });
  }
}

function added(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): () => void {
  if (checks.has(name)) throw new Error(`a health check is called ${name} already`);
  checks.set(name, check);
  return () => void checks.delete(name);
}
