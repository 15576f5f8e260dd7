import type { OperationCommand } from '@jeroboam/domain';
import { weightsOf } from './project-turns.ts';
import { Story } from './testing/story.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

const START_MS = Date.parse('2026-01-31T12:00:00.000Z');
const STEP_MS = 1_000;
const STEPS = ['network', 'nodes', 'join'].map((name) => ({ name }));
const DRIVERS = new Set(['fake@1.0.0']);

interface Out {
  readonly story: Story;
  readonly endsMs: number;
}

/** Executors in simulated time: each of their hands takes what the queue gives it, and is at it for a second. */
class Site {
  readonly endedMs = new Map<string, number>();
  /** Bays by project in the order in which their steps were given out. */
  readonly given: string[] = [];
  readonly #queue: WorkQueue;
  readonly #stories = new Map<string, Story>();
  readonly #out: Out[] = [];
  #nowMs = 0;

  constructor(private readonly hands: number, private readonly fails: (bayId: string) => boolean = () => false, more: Partial<WorkQueueOptions> = {}) {
    this.#queue = new WorkQueue({ stepsPerDriver: 1_000, ...more });
  }

  ask(bayId: string, projectId: string): void {
    const story = new Story(bayId, projectId);
    this.#stories.set(bayId, story);
    story.create();
    this.#queue.update(bayId, story, this.#nowMs);
  }

  /** Lives on until then, in steps of `STEP_MS / 4`. */
  runUntil(isOver: () => boolean, mostMs = 3_000_000): void {
    for (; !isOver() && this.#nowMs < mostMs; this.#nowMs += STEP_MS / 4) this.#turn();
  }

  runFor(ms: number): void {
    const end = this.#nowMs + ms;
    this.runUntil(() => this.#nowMs >= end);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  #turn(): void {
    const done = this.#out.filter(({ endsMs }) => endsMs <= this.#nowMs);
    for (const out of done) {
      this.#out.splice(this.#out.indexOf(out), 1);
      this.#report(out.story);
    }
    while (this.#out.length < this.hands) {
      const work = this.#queue.next(DRIVERS, this.#now);
      if (!work) return;
      const story = this.#stories.get(work.bayId)!.dispatch(this.#now);
      this.given.push(work.projectId);
      this.#queue.update(work.bayId, story, this.#nowMs);
      this.#queue.settle(work.bayId);
      this.#out.push({ story, endsMs: this.#nowMs + STEP_MS });
    }
  }

  #report(story: Story): void {
    const { bayId, state: { running } } = story;
    const { token, step } = running!;
    const report = (): Omit<OperationCommand, 'metadata'> => {
      if (step === 'plan') return { type: 'ReportPlan', data: { token, steps: STEPS } };
      if (step === 'nodes' && this.fails(bayId)) return { type: 'ReportStepFailed', data: { token, reason: 'no host', retryable: true, maxAttempts: null, blockedBy: [] } };
      return { type: 'ReportStepSucceeded', data: { token, outcome: {} } };
    };
    story.do(report(), this.#now);
    this.#queue.update(bayId, story, this.#nowMs);
    if (!story.state.current) this.endedMs.set(bayId, this.#nowMs);
  }

  get #now(): string {
    return new Date(START_MS + this.#nowMs).toISOString();
  }
}

function timeOfOne(site: Site): number {
  const asked = site.nowMs;
  site.ask('single', 'quiet');
  site.runUntil(() => site.endedMs.has('single'));
  return site.endedMs.get('single')! - asked;
}

describe('a project with 5,000 queued operations', () => {
  it.each([
    [1, 0], [1, 250], [1, 500], [1, 750], [4, 0], [4, 250], [4, 500], [4, 750],
  ])('delays the single one of another by no more than the time it takes alone: %d hands, %d ms into a step', (hands, offsetMs) => {
    const alone = timeOfOne(new Site(hands));
    const crowded = new Site(hands);
    for (let index = 0; index < 5_000; index += 1) crowded.ask(`busy-${index}`, 'busy');
    crowded.runFor(60_000 + offsetMs);
    expect(timeOfOne(crowded)).toBeLessThanOrEqual(2 * alone);
    expect(crowded.endedMs.size).toBeLessThan(1_000);
  });
});

describe('projects', () => {
  const FIRST = 80;
  const shares = (given: readonly string[]) => Object.fromEntries([...Map.groupBy(given.slice(0, FIRST), (project) => project)].map(([project, turns]) => [project, turns.length]));

  it.each([
    ['as many turns as each other', {}, { a: 20, b: 20, c: 20, d: 20 }],
    ['turns by their weight', weightsOf(['a=5']), { a: 50, b: 10, c: 10, d: 10 }],
  ])('have %s, however much each of them wants', (_what, projectWeights, expected) => {
    const site = new Site(1, undefined, { projectWeights });
    for (const [project, bays] of [['a', 400], ['b', 40], ['c', 30], ['d', 2_000]] as const) {
      for (let index = 0; index < bays; index += 1) site.ask(`${project}-${index}`, project);
    }
    site.runUntil(() => site.given.length >= FIRST);
    expect(shares(site.given)).toEqual(expected);
  });

  it('save nothing up while they want nothing', () => {
    const site = new Site(1);
    for (let index = 0; index < 100; index += 1) site.ask(`a-${index}`, 'a');
    site.ask('b-0', 'b');
    site.runUntil(() => site.given.length >= 60);
    for (let index = 0; index < 100; index += 1) site.ask(`b-${index + 1}`, 'b');
    site.runUntil(() => site.given.length >= 80);
    expect(site.given.slice(60, 80).filter((project) => project === 'b')).toHaveLength(10);
  });
});

describe('one failing bay in ten', () => {
  const BAYS = 200;
  const isDoomed = (bayId: string): boolean => bayId.endsWith('0');

  /** When 95 of 100 healthy bays were ready, in simulated milliseconds. */
  function timeOfHealthy(fails: (bayId: string) => boolean): number {
    const site = new Site(4, fails);
    const ids = Array.from({ length: BAYS }, (_, index) => `bay-${index}`);
    for (const id of ids) site.ask(id, 'p1');
    const healthy = ids.filter((id) => !isDoomed(id));
    site.runUntil(() => healthy.every((id) => site.endedMs.has(id)));
    const times = healthy.map((id) => site.endedMs.get(id)!).sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.95)]!;
  }

  it('slows the healthy ones by no tenth, however often it is tried again', () => {
    expect(timeOfHealthy(isDoomed) / timeOfHealthy(() => false)).toBeLessThanOrEqual(1.1);
  });

  it('takes no hand while it waits for its next try', () => {
    const site = new Site(1, isDoomed);
    site.ask('bay-0', 'p1');
    site.runFor(60_000);
    // plan, network, and the tries after 0, 1, 3, 7, 15 and 31 seconds.
    expect(site.given).toHaveLength(8);
    const asked = site.nowMs;
    site.ask('bay-1', 'p1');
    site.runUntil(() => site.endedMs.has('bay-1'));
    expect(site.endedMs.get('bay-1')! - asked).toBeLessThanOrEqual(5 * STEP_MS);
  });
});
