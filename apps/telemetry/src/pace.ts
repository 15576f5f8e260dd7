import type { TelemetryConfig } from './telemetry.config.ts';

/**
 * What one look came to: `changed` where bay or counts are not as they were; `unseen` where telemetry itself failed;
 * `unwatched` where the bay is not to be looked at any more.
 */
export type Sight = 'changed' | 'well' | 'unwell' | 'unseen' | 'unwatched';

export type Pace = Pick<TelemetryConfig, 'callsPerSecond' | 'fastIntervalMs' | 'unwellIntervalMs' | 'slowIntervalMs'>;

/** Part of the calls that stable bays may take: the rest is for those in which something happens. */
const STABLE_SHARE = 0.8;
/** How far an interval may be from its middle, so that bays made together are not looked at together for ever. */
const JITTER = 0.1;

/** In which so many bays can be looked at once while nothing happens in them, in milliseconds. */
export function shortestRoundMs(bays: number, { callsPerSecond }: Pick<Pace, 'callsPerSecond'>): number {
  return (bays * 1_000) / (callsPerSecond * STABLE_SHARE);
}

/** The longest interval of a stable bay, in milliseconds. */
export function stableIntervalMs(bays: number, pace: Pace): number {
  return Math.max(pace.slowIntervalMs, shortestRoundMs(bays, pace));
}

/**
 * The interval after a look, without jitter, in milliseconds: short after a change, then twice as long each time.
 * @param lastMs the interval before it.
 */
export function intervalAfter(sight: Exclude<Sight, 'unwatched'>, lastMs: number, bays: number, pace: Pace): number {
  if (sight === 'changed') return pace.fastIntervalMs;
  const longest = stableIntervalMs(bays, pace);
  return Math.min(Math.max(2 * lastMs, pace.fastIntervalMs), sight === 'unwell' ? Math.min(pace.unwellIntervalMs, longest) : longest);
}

/** @param random from 0, below 1. */
export function jittered(intervalMs: number, random: number): number {
  return intervalMs * (1 - JITTER + 2 * JITTER * random);
}
