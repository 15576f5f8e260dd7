import { randomUUID } from 'node:crypto';
import { listDrivers } from '@jeroboam/messaging';
import type { DriverOnHost, MessageClient } from '@jeroboam/messaging';
import { actorOf, type Caller } from '../auth/caller.ts';

/** Whoever looks at drivers does not wait longer for what is only an addition. */
const TIMEOUT_MS = 500;
/** How long an answer counts, also that nobody answered. */
const CACHE_MS = 2_000;

/** What driver executors say about the drivers on their hosts. */
export class DriverAvailability {
  #answer: Promise<readonly DriverOnHost[] | null> | undefined;
  #askedAtMs = -Infinity;

  constructor(
    private readonly messages: MessageClient,
    private readonly now: () => Date,
  ) {}

  /** @returns null when no executor answers. */
  ask(caller: Caller, requestId: string): Promise<readonly DriverOnHost[] | null> {
    const nowMs = this.now().getTime();
    if (!this.#answer || nowMs - this.#askedAtMs >= CACHE_MS) {
      this.#askedAtMs = nowMs;
      this.#answer = this.#ask(caller, requestId);
    }
    return this.#answer;
  }

  async #ask(caller: Caller, requestId: string): Promise<readonly DriverOnHost[] | null> {
    const commandId = randomUUID();
    const context = { actor: actorOf(caller), requestId, commandId, correlationId: commandId, causationId: null };
    // Without an executor there is nothing wrong with the list of drivers: it says that it does not know.
    const nobody = () => null;
    return this.messages.send(listDrivers, {}, { context, timeoutMs: TIMEOUT_MS }).then(({ drivers }) => drivers, nobody);
  }
}
