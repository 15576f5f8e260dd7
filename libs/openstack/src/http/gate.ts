import { HttpFailure } from './http-call.port.ts';

/** Lets a number of requests through at a time; a bounded number more waits, in order, each for its own time. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly maxInside: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws {HttpFailure} no place within `timeoutMs`, or too many wait already. */
  async enter(timeoutMs: number): Promise<void> {
    if (this.inside < this.maxInside) {
      this.inside += 1;
      return;
    }
    if (this.waiting.size >= this.maxWaiting) throw new HttpFailure(`${this.maxWaiting} requests are waiting already`);
    await new Promise<void>((resolve, reject) => {
      const letIn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(letIn);
        reject(new HttpFailure(`no free connection within ${timeoutMs} ms`));
      }, timeoutMs);
      this.waiting.add(letIn);
    });
  }

  /** Hands the place to whoever has waited longest. */
  leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.inside -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
