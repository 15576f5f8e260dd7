import { operationsDecider } from '@jeroboam/domain';
import type { OperationCommand, OperationsState } from '@jeroboam/domain';
import { WorkQueue } from './work-queue.ts';

const NOON = '2026-01-31T12:00:00.000Z';
const LATER = '2026-01-31T12:00:01.000Z';
const DEADLINE = '2026-01-31T13:00:00.000Z';
const DRIVERS = new Set(['fake@1.0.0']);

/** A bay's operations after some commands; the revision counts their events. */
class Story {
  state: OperationsState = operationsDecider.initialState();
  revision = -1;

  constructor(readonly bayId: string, private readonly projectId = 'p1', private readonly driver = 'fake') {}

  create(operationId = `create-${this.bayId}`): this {
    const operation = { operationId, kind: 'create' as const, bayId: this.bayId };
    return this.do({ type: 'StartOperation', data: { bayId: this.bayId, projectId: this.projectId, operation, driver: { name: this.driver, version: '1.0.0' }, deadlineAt: DEADLINE } });
  }

  do(command: Omit<OperationCommand, 'metadata'>): this {
    for (const event of operationsDecider.decide({ ...command, metadata: { now: NOON } } as OperationCommand, this.state)) {
      this.state = operationsDecider.evolve(this.state, event);
      this.revision += 1;
    }
    return this;
  }

  dispatch(): this {
    return this.do({ type: 'DispatchStep', data: { executorId: 'e1' } });
  }
}

function queueOf(stories: readonly Story[], stepsPerDriver = 8): WorkQueue {
  const queue = new WorkQueue({ stepsPerDriver });
  for (const story of stories) queue.update(story.bayId, story, 0);
  return queue;
}

describe('WorkQueue', () => {
  it('lets projects take turns, however much one of them wants', () => {
    const busy = ['a1', 'a2', 'a3'].map((bayId) => new Story(bayId, 'busy').create());
    const queue = queueOf([...busy, new Story('b1', 'quiet').create()]);
    expect([1, 2, 3, 4].map(() => queue.next(DRIVERS, NOON)?.bayId)).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('gives an executor only what its drivers can do', () => {
    const queue = queueOf([new Story('a1', 'p1', 'other').create(), new Story('a2').create()]);
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a2');
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('keeps the bound of a driver also while steps are on their way out', () => {
    const stories = ['a1', 'a2', 'a3'].map((bayId) => new Story(bayId).create());
    const queue = queueOf(stories, 2);
    expect([1, 2, 3].map(() => queue.next(DRIVERS, NOON)?.bayId)).toEqual(['a1', 'a2', undefined]);
    queue.update('a1', stories[0]!.dispatch(), 0);
    queue.settle('a1');
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
    queue.update('a1', stories[0]!.do({ type: 'ReportPlan', data: { token: 1, steps: [] } }), 0);
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a3');
  });

  it('knows whose step is out also where its operation has ended and nothing else waits', () => {
    const story = new Story('a1', 'p7').create().dispatch();
    for (const event of operationsDecider.decide({ type: 'ExpireDeadline', data: { operationId: 'create-a1' }, metadata: { now: DEADLINE } }, story.state)) story.state = operationsDecider.evolve(story.state, event);
    const queue = queueOf([story, new Story('a2').create()], 1);
    expect(queue.get('a1')).toMatchObject({ projectId: 'p7', driver: 'fake@1.0.0' });
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('counts nothing any more when everything has ended', () => {
    const story = new Story('a1').create();
    const queue = queueOf([story], 1);
    for (let round = 0; round < 3; round += 1) {
      queue.next(DRIVERS, NOON);
      queue.update('a1', story.dispatch(), 0);
      queue.settle('a1');
      queue.update('a1', story.do({ type: 'ReportPlan', data: { token: story.state.token, steps: [] } }), 0);
      expect(queue.size).toBe(0);
      queue.update('a1', story.create(`again-${round}`), 0);
    }
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a1');
  });

  it('has a bay whose lease came to nothing wait again', () => {
    const queue = queueOf([new Story('a1').create()], 1);
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a1');
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
    queue.settle('a1');
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a1');
  });

  it('gives a bay out once, also when news of it comes meanwhile', () => {
    const story = new Story('a1').create();
    const queue = queueOf([story]);
    queue.next(DRIVERS, NOON);
    queue.update('a1', story, 0);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('holds a retry back until its time, and gives out nothing after the deadline', () => {
    const failure = { token: 1, reason: 'no space', retryable: true, maxAttempts: null, blockedBy: [] };
    const queue = queueOf([new Story('a1').create().dispatch().do({ type: 'ReportStepFailed', data: failure })]);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
    expect(queue.next(DRIVERS, DEADLINE)).toBeUndefined();
    expect(queue.next(DRIVERS, LATER)?.bayId).toBe('a1');
  });

  it('is not taken back by older news', () => {
    const story = new Story('a1').create();
    const older = { state: story.state, revision: story.revision };
    const queue = queueOf([story.dispatch()]);
    queue.update('a1', older, 0);
    expect(queue.get('a1')?.state.running?.token).toBe(1);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('keeps a bay its place in the line while it only hears of it', () => {
    const first = new Story('a1', 'p1').create();
    const queue = queueOf([first, new Story('b1', 'p2').create()]);
    queue.update('a1', first, 0);
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a1');
  });

  it('remembers when the holder of a lease was heard of, until there is another lease', () => {
    const story = new Story('a1').create().dispatch();
    const queue = queueOf([story]);
    queue.update('a1', story, 5_000);
    expect(queue.get('a1')?.lastHeardMs).toBe(0);
    queue.update('a1', story.do({ type: 'ExpireLease', data: { token: 1 } }).dispatch(), 9_000);
    expect(queue.get('a1')?.lastHeardMs).toBe(9_000);
  });
});
