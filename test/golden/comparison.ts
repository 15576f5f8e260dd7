import { isDeepStrictEqual } from 'node:util';

/** One place where two answers are not the same. */
export interface Difference {
  /** E.g. `status`, `header location`, `body.clusters[0].labels`; ends in ` (order)` where keys stand in another one. */
  readonly field: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}/g;

/** Which of our ids stands for which recorded one: the first time two meet in the same place they become a pair. */
export class PairedIds {
  readonly #ours = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  pair(recorded: string, ours: string): void {
    this.#ours.set(recorded, ours);
    this.#recorded.set(ours, recorded);
  }

  /** A recorded text with our ids; ids that were never met stay as they are. */
  inOurs(text: string): string {
    return text.replaceAll(ID, (id) => this.#ours.get(id) ?? id);
  }

  meet(recorded: string, ours: string): boolean {
    const known = this.#ours.get(recorded);
    if (known !== undefined || this.#recorded.has(ours)) return known === ours;
    this.pair(recorded, ours);
    return true;
  }
}

/** Fields whose values the driver makes up: that there is one counts, and how many, not which. */
const FROM_OUTSIDE = /\.(?:stack_id|discovery_url|api_address|coe_version|container_version|(?:node|master)_addresses\[\d+\])$/;

/** Whole numbers that count up from run to run: rows of a database, reports of a service. */
const COUNTED = /\.(?:id|report_count)$/;

/** What differs in every run, or between Magnum 15 and the version whose range we answer with. */
const RULES: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [ID, '<id>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00/g, '<time>'],
  [/http:\/\/127\.0\.0\.1:\d+/g, '<host>'],
  [/-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----/g, '<certificate>'],
  [/^[a-z]+-\d{1,2}-(template|cluster)$/, '<generated name>'],
  // Magnum prints a set, whose order is another in every process.
  [/(?<=Value should be one of: ).*/, (words) => words.split(', ').sort().join(', ')],
];

/** The name of the service and the end of its range of versions, where an answer speaks of them. */
const VERSIONED = /^header openstack-api-|\.max_version$|\.description$/;

function masked(text: string, field: string): string {
  const plain = RULES.reduce((before, [pattern, by]) => before.replace(pattern, by as string), text);
  if (!VERSIONED.test(field)) return plain;
  return plain.replaceAll(/container-infra(?:structure(?:-management)?)?/g, 'container-infra').replaceAll(/1\.1[04]/g, '<newest>');
}

/** Everything in which `ours` is not what was recorded, once what varies is set aside. Values are JSON. */
export function differences(recorded: unknown, ours: unknown, ids: PairedIds, field: string): readonly Difference[] {
  if (typeof recorded === 'string' && typeof ours === 'string') {
    return isSameText(recorded, ours, ids, field) ? [] : [{ field, recorded, ours }];
  }
  if (Array.isArray(recorded) && Array.isArray(ours) && recorded.length === ours.length) {
    return recorded.flatMap((item, index) => differences(item, ours[index], ids, `${field}[${index}]`));
  }
  if (isObject(recorded) && isObject(ours)) return memberDifferences(recorded, ours, ids, field);
  if (COUNTED.test(field) && Number.isInteger(recorded) && Number.isInteger(ours)) return [];
  return isDeepStrictEqual(recorded, ours) ? [] : [{ field, recorded, ours }];
}

function memberDifferences(recorded: Members, ours: Members, ids: PairedIds, field: string): readonly Difference[] {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(ours)])];
  const common = (of: Members) => Object.keys(of).filter((name) => Object.hasOwn(recorded, name) && Object.hasOwn(ours, name));
  const found = names.flatMap((name) => differences(recorded[name], ours[name], ids, `${field}.${name}`));
  if (isDeepStrictEqual(common(recorded), common(ours))) return found;
  return [...found, { field: `${field} (order)`, recorded: common(recorded), ours: common(ours) }];
}

function isSameText(recorded: string, ours: string, ids: PairedIds, field: string): boolean {
  if (FROM_OUTSIDE.test(field)) return true;
  if (masked(recorded, field) !== masked(ours, field)) return false;
  const theirs = recorded.match(ID) ?? [];
  return (ours.match(ID) ?? []).every((id, index) => ids.meet(theirs[index]!, id));
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
