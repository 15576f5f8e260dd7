export { systemClock } from './time/clock.ts';
export type { Clock } from './time/clock.ts';
export { delay, systemTimers } from './time/timers.ts';
export type { Timer, Timers } from './time/timers.ts';
