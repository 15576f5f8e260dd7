/** Users get at least so long to move. */
const MONTHS = 3;

interface Claimed {
  readonly state?: unknown;
  readonly deprecation?: unknown;
}

/** What is wrong with how a manifest says that its driver goes. */
export function deprecationProblems({ state, deprecation }: Claimed): readonly string[] {
  if (deprecation === undefined) return [];
  if (state !== 'deprecated' && state !== 'retired') {
    return [`deprecation is for a driver that is deprecated or retired, not ${String(state)}`];
  }
  if (typeof deprecation !== 'object' || deprecation === null) return ['deprecation must be an object'];
  const { since, sunset, replacement, doc } = deprecation as Readonly<Record<string, unknown>>;
  const problems: string[] = [];
  if (!isDay(since) || !isDay(sunset)) problems.push('deprecation.since and .sunset must be days like 2026-11-23');
  else if (sunset < monthsAfter(since)) problems.push(`deprecation.sunset must be ${MONTHS} months after .since at the least`);
  if (replacement !== undefined && (typeof replacement !== 'string' || replacement === '')) {
    problems.push('deprecation.replacement must be a text');
  }
  if (doc !== undefined && (typeof doc !== 'string' || !/^https?:\/\/[^\s<>]+$/.test(doc))) problems.push('deprecation.doc must be a URL');
  return problems;
}

function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const moment = new Date(`${value}T00:00:00Z`);
  // 30 February is a moment for some parsers, and another day.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

function monthsAfter(day: string): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCMonth(moment.getUTCMonth() + MONTHS);
  return moment.toISOString().slice(0, 10);
}
