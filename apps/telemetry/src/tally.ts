import type { BayHealth } from '@jeroboam/driver-sdk';
import type { LiveBay } from '@jeroboam/domain';
import type { Metrics } from '@jeroboam/platform';

/** How a bay was when it was looked at last; `UNSEEN` where telemetry could not look. */
type Condition = BayHealth['status'] | 'UNSEEN';
const CONDITIONS: readonly Condition[] = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN', 'UNSEEN'];

interface Entry {
  readonly driver: string;
  readonly condition: Condition;
  readonly desired: number;
  readonly observed: number;
}

/** The numbers for operators. Sums over all bays of a driver: a label never names a bay. */
export class Tally {
  readonly #entries = new Map<string, Entry>();
  readonly #meters: ReturnType<typeof metersOf>;

  constructor(metrics: Metrics) {
    this.#meters = metersOf(metrics);
  }

  /** A call into a driver ended. @param seconds how long it took. */
  called(driver: string, outcome: 'answered' | 'failed' | 'timeout', seconds: number): void {
    this.#meters.calls.inc({ driver, outcome });
    this.#meters.seconds.observe({ driver }, seconds);
  }

  reported(driver: string): void {
    this.#meters.reports.inc({ driver });
  }

  /** @param health null where telemetry could not look: counts stay as they were. */
  seen({ spec: { bayId, driver }, nodeGroups }: LiveBay, health: BayHealth | null): void {
    const before = this.#entries.get(bayId);
    const desired = nodeGroups.reduce((sum, group) => sum + group.nodeCount, 0);
    const counted = health?.observedNodes && Object.values(health.observedNodes).reduce((sum, count) => sum + count, 0);
    this.#replace(bayId, before, { driver: driver.name, condition: health?.status ?? 'UNSEEN', desired, observed: counted ?? before?.observed ?? desired });
  }

  forget(bayId: string): void {
    this.#replace(bayId, this.#entries.get(bayId), undefined);
  }

  /** What is known of the rounds now. */
  rounds(bays: number, latenessMs: number): void {
    this.#meters.watched.set(bays);
    this.#meters.lateness.set(latenessMs / 1_000);
  }

  #replace(bayId: string, before: Entry | undefined, after: Entry | undefined): void {
    if (before) this.#count(before, -1);
    if (after) {
      this.#entries.set(bayId, after);
      this.#count(after, 1);
    } else this.#entries.delete(bayId);
  }

  #count({ driver, condition, desired, observed }: Entry, sign: 1 | -1): void {
    for (const each of CONDITIONS) this.#meters.bays.inc({ driver, condition: each }, each === condition ? sign : 0);
    this.#meters.nodes.inc({ driver, kind: 'desired' }, sign * desired);
    this.#meters.nodes.inc({ driver, kind: 'observed' }, sign * observed);
    this.#meters.divergent.inc({ driver }, observed === desired ? 0 : sign);
  }
}

function metersOf(metrics: Metrics) {
  return {
    calls: metrics.counter('jeroboam_telemetry_calls_total', 'Looks at bays through drivers.', ['driver', 'outcome']),
    seconds: metrics.histogram('jeroboam_telemetry_call_seconds', 'How long looks take.', ['driver']),
    reports: metrics.counter('jeroboam_telemetry_reports_total', 'Changes told to the scheduler.', ['driver']),
    bays: metrics.gauge('jeroboam_telemetry_bays', 'Bays by what the last look came to; UNKNOWN and UNSEEN ones cannot be reached.', ['driver', 'condition']),
    nodes: metrics.gauge('jeroboam_telemetry_nodes', 'Nodes that bays are to have, and those their COEs list.', ['driver', 'kind']),
    divergent: metrics.gauge('jeroboam_telemetry_divergent_bays', 'Bays whose COE lists more or fewer nodes than they are to have.', ['driver']),
    watched: metrics.gauge('jeroboam_telemetry_watched_bays', 'Bays that are looked at in turn.'),
    lateness: metrics.gauge('jeroboam_telemetry_lateness_seconds', 'By how much the look that is due longest is late.'),
  };
}
