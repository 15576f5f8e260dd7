import type { BayEvent } from '@jeroboam/domain';
import type { CollectionSpec, DocumentChange, Projection, ReadDocument } from '../../read-model.port.ts';
import { BAY_EVENTS, readAs } from '../readable-event.ts';
import { foldUsage, type BayUsage, type UsageChange, type UsageInterval } from './bay-usage.ts';

/** `endsIn` of an interval that goes on. */
export const STILL_OPEN = 'open';

/** Collection `usage`: every interval there ever was, also of bays deleted long ago. */
export interface UsageDocument extends ReadDocument, UsageInterval {
  /**
   * Month of `to` (`2026-01`, UTC), or `open`. A store answers equality only: by this, what ended before a period can
   * be left out without looking at it.
   */
  readonly endsIn: string;
}

/** Of a bay that exists; `id` is its id. */
interface BayUsageDocument extends ReadDocument {
  readonly usage: BayUsage;
  /** Position of the last event that counted, so that one delivered again counts once. */
  readonly reached: string;
}

export const USAGE: CollectionSpec = { name: 'usage', indexes: ['id', 'bayId', 'bayName', 'projectId', 'endsIn', 'from'] };
const BAY_USAGES: CollectionSpec = { name: 'usage_bays', indexes: [] };

export const USAGE_PROJECTION = 'usage';

/** What there was of every bay, and how long: for billing. */
export const usageProjection: Projection = {
  name: USAGE_PROJECTION,
  collections: [USAGE, BAY_USAGES],
  categories: ['bay'],
  async project(recorded, documents) {
    const event = readAs<BayEvent>(recorded, BAY_EVENTS, USAGE_PROJECTION);
    const { position, data: { bayId } } = event;
    const before = await documents.get<BayUsageDocument>(BAY_USAGES.name, bayId);
    if (before && position <= before.reached) return [];
    const { usage, changes } = foldUsage(before?.usage, event);
    if (usage === before?.usage) return [];
    return [...changes.map((change) => documentChange(change, position)), bayChange(bayId, usage, position)];
  },
};

function documentChange({ kind, interval }: UsageChange, position: string): DocumentChange {
  if (kind === 'void') return { kind: 'delete', collection: USAGE.name, id: interval.id, position };
  const document: UsageDocument = { ...interval, endsIn: interval.to === null ? STILL_OPEN : monthOf(interval.to) };
  return { kind: 'upsert', collection: USAGE.name, document, position };
}

function bayChange(bayId: string, usage: BayUsage | undefined, position: string): DocumentChange {
  if (usage === undefined) return { kind: 'delete', collection: BAY_USAGES.name, id: bayId, position };
  const document: BayUsageDocument = { id: bayId, usage, reached: position };
  return { kind: 'upsert', collection: BAY_USAGES.name, document, position };
}

/** `2026-01` of a moment in RFC 3339 UTC. */
function monthOf(at: string): string {
  return at.slice(0, 7);
}

/** No interval is older, so that no period asked for makes a long list of months. */
const FIRST_MONTH = '2020-01';

/**
 * The values of `endsIn` that an interval can have which was there at `from` or later: what to look for.
 * @param until nothing has ended later; RFC 3339 UTC, as `from`.
 */
export function endingFrom(from: string, until: string): readonly string[] {
  const endings = [STILL_OPEN];
  const month = new Date(`${monthOf(from) > FIRST_MONTH ? monthOf(from) : FIRST_MONTH}-01T00:00:00.000Z`);
  for (; month.toISOString() <= until; month.setUTCMonth(month.getUTCMonth() + 1)) endings.push(monthOf(month.toISOString()));
  return endings;
}
