/** Tells the time. Deciders never hold one: whoever calls them asks the clock and hands the moment in. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
