// The four ways in which Magnum and its consumers write a moment. All take RFC 3339 UTC with milliseconds, as events carry it.

/** As Python's `str(datetime.utcnow())`: naive UTC, a blank, microseconds. The envelope's `timestamp`. */
export const osloTime = (at: string): string => at.replace('T', ' ').replace(/Z$/, '000');

/** As pycadf's `eventTime`: microseconds and an offset without a colon. */
export const cadfTime = (at: string): string => at.replace(/Z$/, '000+0000');

/** As Magnum's objects: naive UTC with a `T` and microseconds. */
export const naiveTime = (at: string): string => at.replace(/Z$/, '000');

/** As Nova's audit periods: naive UTC, a blank, whole seconds. */
export const auditTime = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** As Ceilometer's polling agent stamps its samples. */
export const sampleTime = (at: string): string => at.replace(/Z$/, '+00:00');

/** Seconds between two moments, with milliseconds as decimals. */
export const secondsBetween = (fromMs: number, toMs: number): number => Math.round(toMs - fromMs) / 1_000;
