import type { Deprecation } from '../deprecations.ts';

/** What `infra/docs/deprecations-shipped.json` remembers of everything ever deprecated, for ever. */
export type Shipped = Pick<Deprecation, 'feature' | 'kind' | 'name' | 'since' | 'sunset'>;

export interface Present {
  readonly ledger: readonly Shipped[];
  /** The ledger as it was committed at other times. */
  readonly earlier: readonly (readonly Shipped[])[];
  /** What the API says is deprecated, drivers too. */
  readonly registry: readonly Shipped[];
  /** Features in the ledger that the product still has. */
  readonly there: ReadonlySet<string>;
}

/** Months that users have to move, at the least. */
export const MONTHS = 3;

/**
 * Whether we keep our word: nothing goes before the sunset that was announced for it.
 *
 * @param today day of UTC, e.g. `2026-11-23`.
 * @returns everything wrong, as sentences.
 */
export function shippedProblems({ ledger, earlier, registry, there }: Present, today: string): readonly string[] {
  const now = new Map(ledger.map((entry) => [entry.feature, entry]));
  const announced = new Map(registry.map((entry) => [entry.feature, entry]));
  return [
    ...ledger.filter(({ since, sunset }) => sunset < monthsAfter(since))
      .map(({ feature, since, sunset }) => `${feature}: ${sunset} is less than ${MONTHS} months after ${since}`),
    ...registry.filter(({ feature }) => !now.has(feature)).map(({ feature }) => `${feature} is deprecated and not in the ledger: add it`),
    ...earlier.flatMap((version) => version.flatMap((entry) => broken(entry, now.get(entry.feature), today, 'the ledger'))),
    ...ledger.flatMap((entry) => broken(entry, announced.get(entry.feature), today, 'the registry')),
    ...ledger.filter(({ feature, sunset }) => today < sunset && !there.has(feature))
      .map(({ feature, name, sunset }) => `${feature}: ${name} is not there any more, and its sunset is ${sunset}`),
  ].filter((problem, index, all) => all.indexOf(problem) === index);
}

/** How what is said now in `where` breaks what was promised. A sunset may be put off. */
function broken(promised: Shipped, said: Shipped | undefined, today: string, where: string): string[] {
  const { feature, sunset } = promised;
  if (today >= sunset) return [];
  if (said === undefined) return [`${feature} was taken out of ${where} before its sunset, ${sunset}`];
  if (said.sunset < sunset) return [`${feature} goes on ${said.sunset} by ${where}; ${sunset} was announced`];
  return said.kind === promised.kind && said.name === promised.name ? [] : [`${feature} is another thing in ${where}`];
}

function monthsAfter(day: string): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCMonth(moment.getUTCMonth() + MONTHS);
  return moment.toISOString().slice(0, 10);
}
