import type { BayView } from '@jeroboam/domain';
import type { StepContext } from '@jeroboam/driver-sdk';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import { delay } from '@jeroboam/platform';

export interface DistributionOptions {
  /** So long an old credential goes on for nodes that do not take the new one. */
  readonly overlapMinutes: number;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Old credentials that are to go, and who may still be using them. */
export interface Distribution {
  readonly bay: Pick<BayView, 'nodes'>;
  /** RFC 3339 UTC: since when nodes are given the new ones. */
  readonly since: string;
  /** RFC 3339 UTC: when the operation is given up. */
  readonly deadlineAt?: string;
  /** Names, as the nodes show them, of those that do not say yet that they use the new ones. */
  readonly holders: () => Promise<readonly string[]>;
}

export type Waiting = Pick<StepContext, 'rest' | 'signal'> & { readonly log: Logger };

/** Nodes ask every five minutes: looking more often finds little. */
const LOOK_MS = 15_000;
/** What is left of an operation's time for what comes after. */
const REST_OF_OPERATION_MS = 60_000;

/**
 * Waits until every node that is in the bay uses the new credentials, or until their overlap is over: a node that is
 * switched off must not keep a credential alive that somebody wants gone.
 * @throws {StepFailed} for now: too many steps wait already.
 */
export async function distributed(distribution: Distribution, { rest, signal, log }: Waiting, { overlapMinutes, clock, timers }: DistributionOptions): Promise<void> {
  const { since, deadlineAt } = distribution;
  const untilMs = Math.min(Date.parse(since) + overlapMinutes * 60_000, deadlineAt === undefined ? Infinity : Date.parse(deadlineAt) - REST_OF_OPERATION_MS);
  const wait = async (): Promise<readonly string[]> => {
    for (;;) {
      const missing = await missingOf(distribution);
      const leftMs = untilMs - clock.now().getTime();
      if (missing.length === 0 || leftMs <= 0) return missing;
      await delay(timers, Math.min(LOOK_MS, leftMs), signal);
    }
  };
  if ((await missingOf(distribution)).length === 0) return;
  const missing = rest ? await rest(wait) : undefined;
  if (!missing) throw new StepFailed('Nodes have not taken their new credentials yet, and too many steps wait already', { retryable: true });
  if (missing.length > 0) log.warn('nodes have not taken their new credentials in time; the old ones are revoked all the same', { nodes: missing, overlapMinutes });
}

/** Who may be using one of the old credentials still; nodes that were deleted hold nothing up. */
export async function missingOf({ bay, holders }: Pick<Distribution, 'bay' | 'holders'>): Promise<readonly string[]> {
  const there = new Set(bay.nodes.map(({ name, hostName }) => hostName ?? name));
  return (await holders()).filter((node) => there.has(node));
}
