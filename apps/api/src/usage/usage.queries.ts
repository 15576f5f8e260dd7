import { BayNotFound } from '@jeroboam/domain';
import { BAY_NAMES, USAGE, endingFrom, shareOf } from '@jeroboam/read-model';
import type { BayNameDocument, Query, ReadModel, UsageDocument, UsagePeriod, UsageShare } from '@jeroboam/read-model';
import { normalUuid } from '../wire/attribute.ts';
import { BadRequest } from '../wire/errors.ts';

/** Intervals that are held in memory at once while they are gone through. Fewer would let the store sort more often. */
const READ_AT_ONCE = 2_000;
/** How far ahead of this host's clock those of others may be, in milliseconds. */
const CLOCK_SKEW_MS = 24 * 60 * 60 * 1_000;

export interface UsageQuestion {
  readonly period: UsagePeriod;
  /** Only of this project; absent: of all. */
  readonly projectId?: string;
  /** Only of the bay of this id, or of all bays that ever had this name. */
  readonly cluster?: string;
}

/** An interval with its share in the period that was asked about. */
export interface UsedInterval {
  readonly interval: UsageDocument;
  readonly share: UsageShare;
}

/** What a group of intervals came to in a period. */
export interface UsageTotal {
  readonly group: UsageGroup;
  /** Exact. */
  readonly nodeMilliseconds: number;
}

/** What usage can be added up by: few values each. */
export const GROUPINGS = { flavor: 'flavor', role: 'role', project_id: 'projectId' } as const;
export type Grouping = keyof typeof GROUPINGS;
type UsageGroup = Readonly<Partial<Record<Grouping, string | null>>>;

/** Usage of bays. Who may see whose is the controller's to say. */
export class UsageQueries {
  constructor(
    private readonly readModel: Pick<ReadModel, 'find' | 'get'>,
    private readonly now: () => Date,
  ) {}

  /**
   * Intervals by their beginning, which never changes: of a period that is over, each page is the same whenever it is read.
   * @param marker id of the interval after which the page begins.
   * @throws {BayNotFound} {BadRequest} the marker is not of this list.
   */
  async list(question: UsageQuestion, limit: number, marker?: string): Promise<readonly UsedInterval[]> {
    const where = await this.whereOf(question);
    if (marker !== undefined) await this.requireMarker(marker, where);
    const page: UsedInterval[] = [];
    for await (const used of this.intervals(where, question.period, marker)) {
      if (page.push(used) === limit) break;
    }
    return page;
  }

  /** @throws {BayNotFound} */
  async totals(question: UsageQuestion, groupings: readonly Grouping[]): Promise<readonly UsageTotal[]> {
    const totals = new Map<string, UsageTotal>();
    for await (const { interval, share } of this.intervals(await this.whereOf(question), question.period)) {
      const group: UsageGroup = Object.fromEntries(groupings.map((grouping) => [grouping, interval[GROUPINGS[grouping]]]));
      const key = JSON.stringify(group);
      totals.set(key, { group, nodeMilliseconds: (totals.get(key)?.nodeMilliseconds ?? 0) + share.nodeMilliseconds });
    }
    return [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, total]) => total);
  }

  private async *intervals(where: Where, period: UsagePeriod, marker?: string): AsyncGenerator<UsedInterval> {
    for (let afterId = marker; ;) {
      const found = await this.readModel.find<UsageDocument>(USAGE.name, {
        where, sortBy: 'from', limit: READ_AT_ONCE, ...(afterId === undefined ? {} : { afterId }),
      });
      for (const interval of found) {
        // The rest began later still.
        if (interval.from >= period.to) return;
        const share = shareOf(interval, period);
        if (share) yield { interval, share };
      }
      if (found.length < READ_AT_ONCE) return;
      afterId = found.at(-1)!.id;
    }
  }

  private async whereOf({ period: { from }, projectId, cluster }: UsageQuestion): Promise<Where> {
    const latestEnd = new Date(this.now().getTime() + CLOCK_SKEW_MS).toISOString();
    return {
      ...(projectId === undefined ? {} : { projectId }),
      ...(cluster === undefined ? {} : await this.whichBays(cluster, projectId)),
      ...(from === null ? {} : { endsIn: endingFrom(from, latestEnd) }),
    };
  }

  private async whichBays(ident: string, projectId: string | undefined): Promise<Where> {
    const isId = normalUuid(ident) !== undefined;
    const bay = isId ? await this.readModel.get<BayNameDocument>(BAY_NAMES.name, ident) : await this.bayNamed(ident, projectId);
    if (bay === undefined || (projectId !== undefined && bay.projectId !== projectId)) throw new BayNotFound(ident);
    return isId ? { bayId: ident } : { bayName: ident };
  }

  private async bayNamed(name: string, projectId: string | undefined): Promise<BayNameDocument | undefined> {
    const where = { name, ...(projectId === undefined ? {} : { projectId }) };
    return (await this.readModel.find<BayNameDocument>(BAY_NAMES.name, { where, limit: 1 }))[0];
  }

  /** What a caller may not see must not be told from what is not there, so a marker is looked for in the caller's list. */
  private async requireMarker(marker: string, where: Where): Promise<void> {
    const { endsIn: _, ...visible } = where;
    const found = await this.readModel.find(USAGE.name, { where: { ...visible, id: marker }, limit: 1 });
    if (found.length === 0) throw new BadRequest(`The marker ${marker} is not an interval of this list.`);
  }
}

type Where = NonNullable<Query['where']>;
