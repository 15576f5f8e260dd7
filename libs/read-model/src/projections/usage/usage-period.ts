import type { UsageInterval } from './bay-usage.ts';

/** From `from` until just before `to`; RFC 3339 UTC with milliseconds both. `from` null: from the beginning. */
export interface UsagePeriod {
  readonly from: string | null;
  readonly to: string;
}

/** The part of an interval that lies in a period. */
export interface UsageShare extends UsagePeriod {
  readonly from: string;
  /** Whole milliseconds, so that sums are exact. */
  readonly milliseconds: number;
  /** `milliseconds` for each node. */
  readonly nodeMilliseconds: number;
  /** Whether the interval goes on where the period ends. */
  readonly goesOn: boolean;
}

/** What of an interval lies in a period; undefined: nothing. Shares in adjoining periods add up to the interval. */
export function shareOf(interval: UsageInterval, period: UsagePeriod): UsageShare | undefined {
  const from = period.from !== null && period.from > interval.from ? period.from : interval.from;
  const goesOn = interval.to === null || interval.to > period.to;
  const to = goesOn ? period.to : interval.to;
  if (from >= to) return undefined;
  const milliseconds = Date.parse(to) - Date.parse(from);
  return { from, to, milliseconds, nodeMilliseconds: milliseconds * interval.nodeCount, goesOn };
}
