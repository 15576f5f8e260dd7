import type { BayEvent, RecordedEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import fc from 'fast-check';
import { momentOf, recordedAt } from '../projected-documents.fixture.ts';
import { foldUsage, type BayUsage, type UsageEvent, type UsageInterval } from './bay-usage.ts';
import { anyBilledHistory, anyLateBilledHistory, iso } from './usage-history.fixture.ts';
import { shareOf, type UsagePeriod } from './usage-period.ts';

const { BAY, GPU, GPU_NODE, MASTER, WORKERS: [FIRST, SECOND], events, group, node } = baySamples;
const STREAM = `bay-${BAY}`;

/** Events of one bay; `at` says when each happened, in seconds. */
function history(...told: readonly (readonly [at: number, event: BayEvent])[]): RecordedEvent[] {
  return told.map(([at, event], revision) => recordedAt(STREAM, event, revision + 1, { revision, occurredAt: momentOf(at) }));
}

function intervalsOf(recorded: readonly RecordedEvent[]): UsageInterval[] {
  const intervals = new Map<string, UsageInterval>();
  let usage: BayUsage | undefined;
  for (const event of recorded) {
    const step = foldUsage(usage, event as UsageEvent);
    usage = step.usage;
    for (const { kind, interval } of step.changes) {
      // What was closed or void is final.
      expect(intervals.get(interval.id)?.to ?? null).toBeNull();
      if (kind === 'void') intervals.delete(interval.id);
      else intervals.set(interval.id, interval);
    }
  }
  return [...intervals.values()];
}

const brief = ({ nodeGroup, flavor, nodeCount, from, to, sequence }: UsageInterval) => [nodeGroup, flavor, nodeCount, from, to, sequence];
const requested = events.requested([
  group('default-master', 1, { flavorId: 'm1.small' }), group('default-worker', 2, { flavorId: 'm1.large' }),
]);
const joined = (at: number, nodeJoining = FIRST) => [at, events.joined(nodeJoining)] as const;
const removed = (at: number, nodeLeaving = FIRST) => [at, events.removed(nodeLeaving, 'op-1')] as const;

describe('the usage of a bay', () => {
  it('begins when a node is there, not when it was asked for', () => {
    expect(intervalsOf(history([0, requested]))).toEqual([]);
    const [interval] = intervalsOf(history([0, requested], joined(5, MASTER)));
    expect(interval).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-5/), bayId: BAY, bayName: 'b1', projectId: 'p1', userId: 'u1',
      nodeGroup: 'default-master', role: 'master', flavor: 'm1.small', nodeCount: 1, from: momentOf(5), to: null, sequence: 1,
    });
  });

  it('ends one interval and begins the next at the same instant when a count changes', () => {
    const intervals = intervalsOf(history(
      [0, requested], joined(1), joined(4, SECOND), removed(9), removed(11, SECOND),
    ));
    expect(intervals.map(brief)).toEqual([
      ['default-worker', 'm1.large', 1, momentOf(1), momentOf(4), 1],
      ['default-worker', 'm1.large', 2, momentOf(4), momentOf(9), 2],
      ['default-worker', 'm1.large', 1, momentOf(9), momentOf(11), 3],
    ]);
  });

  it('takes nodes that join at once for one interval', () => {
    const intervals = intervalsOf(history([0, requested], joined(3, MASTER), joined(3), joined(3, SECOND)));
    expect(intervals.map(brief)).toEqual([
      ['default-master', 'm1.small', 1, momentOf(3), null, 1],
      ['default-worker', 'm1.large', 2, momentOf(3), null, 2],
    ]);
  });

  it('knows no interval without length', () => {
    expect(intervalsOf(history([0, requested], joined(3), removed(3)))).toEqual([]);
  });

  it('goes on through a replacement that takes no time, in two intervals of the same count', () => {
    const intervals = intervalsOf(history([0, requested], joined(1), removed(4), joined(4, SECOND)));
    expect(intervals.map(brief)).toEqual([
      ['default-worker', 'm1.large', 1, momentOf(1), momentOf(4), 1],
      ['default-worker', 'm1.large', 1, momentOf(4), null, 3],
    ]);
  });

  it('is not changed by a node that gets another address, or that goes without having been there', () => {
    const intervals = intervalsOf(history(
      [0, requested], joined(1), joined(4, { ...FIRST, address: '10.88.0.99' }), removed(5, SECOND),
    ));
    expect(intervals.map(brief)).toEqual([['default-worker', 'm1.large', 1, momentOf(1), null, 1]]);
  });

  it.each<[string, readonly BayEvent[]]>([
    ['a create failed', [events.creationFailed()]],
    ['a resize is wanted or done', [events.resizeRequested(5), events.resized(5)]],
    ['a resize is given up', [events.resizeRequested(7), events.resizeFailed(1)]],
    ['a delete is wanted or failed', [events.deletionRequested(), events.deletionFailed()]],
    ['another node group comes and goes', [events.nodeGroupCreationRequested(), events.nodeGroupDeleted()]],
  ])('goes on while a node is there although %s', (_title, told) => {
    const later = told.map((event, index) => [2 + index, event] as const);
    const intervals = intervalsOf(history([0, requested], joined(1), ...later));
    expect(intervals.map(brief)).toEqual([['default-worker', 'm1.large', 1, momentOf(1), null, 1]]);
  });

  it('ends with its bay, whatever was still there', () => {
    const intervals = intervalsOf(history([0, requested], joined(1, MASTER), joined(2), [8, events.deleted()], joined(9, SECOND)));
    expect(intervals.map(brief)).toEqual([
      ['default-master', 'm1.small', 1, momentOf(1), momentOf(8), 1],
      ['default-worker', 'm1.large', 1, momentOf(2), momentOf(8), 2],
    ]);
  });

  it('ends with its node group, and begins anew with the flavor of the next group of that name', () => {
    const bigger = { ...GPU, flavorId: 'g1.huge' };
    const intervals = intervalsOf(history(
      [0, requested], [1, events.nodeGroupCreationRequested()], joined(2, GPU_NODE), [5, events.nodeGroupDeleted()],
      [6, events.nodeGroupCreationRequested(bigger)], joined(7, { ...GPU_NODE, name: 'gpu-1' }),
    ));
    expect(intervals.map(brief)).toEqual([
      ['gpu', 'm1.large', 1, momentOf(2), momentOf(5), 2], ['gpu', 'g1.huge', 1, momentOf(7), null, 5],
    ]);
  });

  it('counts a node of a group that nobody asked for, without a flavor', () => {
    const [interval] = intervalsOf(history([0, requested], joined(1, node('stray-0'))));
    expect(interval).toMatchObject({ nodeGroup: 'stray', role: null, flavor: null, nodeCount: 1 });
  });

  it('lets no clock that is behind turn time back', () => {
    const intervals = intervalsOf(history([0, requested], joined(10), joined(7, SECOND), removed(6), [12, events.deleted()]));
    expect(intervals.map(brief)).toEqual([['default-worker', 'm1.large', 1, momentOf(10), momentOf(12), 1]]);
  });
});

describe('the usage of a bay whose infrastructure tells of its machines', () => {
  const machine = (number: number, from: number, to: number | null = null, nodeGroup = 'default-worker') => ({
    machineId: `m${number}`, node: `${nodeGroup}-${number}`, nodeGroup, from: momentOf(from), to: to === null ? null : momentOf(to),
  });
  const metered = (at: number, ...machines: readonly ReturnType<typeof machine>[]) => [at, events.metered(machines)] as const;

  it('begins and ends when the machines did, not when that was told', () => {
    const intervals = intervalsOf(history([0, requested], metered(20, machine(0, 3)), joined(20), metered(50, machine(0, 3, 41)), removed(50)));
    expect(intervals.map(brief)).toEqual([['default-worker', 'm1.large', 1, momentOf(3), momentOf(41), 1]]);
  });

  it('tells each count that one report is about, one after the other, under numbers that rise', () => {
    const intervals = intervalsOf(history([0, requested], metered(60, machine(0, 3, 41), machine(1, 3), machine(2, 8)), metered(70, machine(1, 3, 65))));
    expect(intervals.map(brief)).toEqual([
      ['default-worker', 'm1.large', 2, momentOf(3), momentOf(8), 1],
      ['default-worker', 'm1.large', 3, momentOf(8), momentOf(41), 2],
      ['default-worker', 'm1.large', 2, momentOf(41), momentOf(65), 3],
      ['default-worker', 'm1.large', 1, momentOf(65), null, 4],
    ]);
  });

  it('counts a machine on which no node ever joined, and two that took turns to be one node', () => {
    const again = { ...machine(0, 30), machineId: 'm0-again' };
    const intervals = intervalsOf(history([0, requested], metered(40, machine(0, 3, 20), again), [41, events.creationFailed()], joined(50)));
    expect(intervals.map(brief)).toEqual([
      ['default-worker', 'm1.large', 1, momentOf(3), momentOf(20), 1], ['default-worker', 'm1.large', 1, momentOf(30), null, 2],
    ]);
  });

  it('changes nothing that has ended when it is told late, and counts on who was counted by the COE’s word', () => {
    const intervals = intervalsOf(history([0, requested], joined(10), removed(15), joined(20, SECOND), metered(25, machine(1, 18), machine(2, 12, 13), machine(3, 12, 22))));
    expect(intervals.map(brief)).toEqual([
      ['default-worker', 'm1.large', 1, momentOf(10), momentOf(15), 1],
      ['default-worker', 'm1.large', 2, momentOf(20), momentOf(22), 3],
      ['default-worker', 'm1.large', 1, momentOf(22), null, 4],
    ]);
  });

  it('ends with its bay where the infrastructure said no more', () => {
    const intervals = intervalsOf(history([0, requested], metered(20, machine(0, 3)), [30, events.deleted()]));
    expect(intervals.map(brief)).toEqual([['default-worker', 'm1.large', 1, momentOf(3), momentOf(30), 1]]);
  });
});

describe('the usage of any bay', () => {
  const anyPeriod = fc.tuple(fc.nat({ max: 9_000_000_000 }), fc.integer({ min: 1, max: 9_000_000_000 }));

  // A failure prints its seed.
  it.each([
    ['that is told at once', anyBilledHistory], ['that is told by and by', anyLateBilledHistory],
  ])('adds up to what the cloud metered, in any period, to the millisecond: of a life %s', (_what, anyHistory) => {
    fc.assert(fc.property(anyHistory, anyPeriod, ({ events: recorded, cloud }, [after, length]) => {
      const from = Date.parse(recorded[0]!.occurredAt) + after;
      for (const period of [{ from: null, to: iso(cloud.now) }, { from: iso(from), to: iso(Math.min(from + length, cloud.now)) }]) {
        expect(billOf(intervalsOf(recorded), period)).toEqual(cloud.bill(period));
      }
    }), { numRuns: 300 });
  });

  it('never overlaps in a node group, always has a length and rises in sequence', () => {
    fc.assert(fc.property(fc.oneof(anyBilledHistory, anyLateBilledHistory), ({ events: recorded }) => {
      for (const intervals of Map.groupBy(intervalsOf(recorded), ({ nodeGroup }) => nodeGroup).values()) {
        for (const [index, { from, to, sequence, nodeCount }] of intervals.entries()) {
          const next = intervals[index + 1];
          expect(nodeCount).toBeGreaterThan(0);
          if (to !== null) expect(to > from).toBe(true);
          if (next) expect([to !== null && to <= next.from, sequence < next.sequence]).toEqual([true, true]);
        }
      }
    }), { numRuns: 300 });
  });

  it('never overlaps although clocks disagree', () => {
    const skewed = fc.tuple(anyBilledHistory, fc.infiniteStream(fc.integer({ min: -5_000, max: 5_000 })));
    fc.assert(fc.property(skewed, ([{ events: recorded }, skews]) => {
      const told = recorded.map((event) => ({ ...event, occurredAt: iso(Date.parse(event.occurredAt) + skews.next().value!) }));
      for (const intervals of Map.groupBy(intervalsOf(told), ({ nodeGroup }) => nodeGroup).values()) {
        const edges = intervals.flatMap(({ from, to }) => [from, to ?? '9']);
        expect(edges).toEqual(edges.toSorted());
      }
    }), { numRuns: 100 });
  });
});

function billOf(intervals: readonly UsageInterval[], period: UsagePeriod): Record<string, number> {
  const bill: Record<string, number> = {};
  for (const interval of intervals) {
    const share = shareOf(interval, period);
    if (share) bill[interval.flavor!] = (bill[interval.flavor!] ?? 0) + share.nodeMilliseconds;
  }
  return bill;
}
