import { InvalidInput } from '../wire/errors.ts';

// RFC 3339, or a day. A `+` that was not escaped in a query arrives as a blank.
const MOMENT = /^(\d{4}-\d\d-(\d\d))(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d\d:\d\d))?$/i;

/**
 * A moment that was asked for, in RFC 3339 UTC with milliseconds; a day means its beginning in UTC. Digits beyond
 * milliseconds are cut off.
 * @throws {InvalidInput}
 */
export function askedMoment(argument: string, given: string): string {
  const [, day, dayOfMonth] = MOMENT.exec(given) ?? [];
  const moment = new Date(given.replace(' ', '+'));
  // JavaScript takes 30 February for 2 March.
  const isReal = day !== undefined && new Date(`${day}T00:00:00Z`).getUTCDate() === Number(dayOfMonth);
  if (!isReal || Number.isNaN(moment.getTime())) {
    throw new InvalidInput(argument, given, 'It should be a day or a time with an offset, as 2026-01-31 or 2026-01-31T12:00:00Z.');
  }
  const normal = moment.toISOString();
  // An offset can lead out of the years that have four digits, which compare as texts.
  if (normal.length !== 24) throw new InvalidInput(argument, given, 'It should be a time between the years 0 and 9999.');
  return normal;
}
