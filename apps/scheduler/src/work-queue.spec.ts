import { operationsDecider } from '@jeroboam/domain';
import { DEADLINE, NOON, Story } from './testing/story.ts';
import { WorkQueue } from './work-queue.ts';

const LATER = '2026-01-31T12:00:01.000Z';
const DRIVERS = new Set(['fake@1.0.0']);

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

  it('finishes what was begun before it begins more, and lets nothing that fails go before', () => {
    const planned = (bayId: string) => new Story(bayId).create().dispatch().do({ type: 'ReportPlan', data: { token: 1, steps: [{ name: 'make' }] } });
    const failing = planned('failing').dispatch().do({ type: 'ReportStepFailed', data: { token: 2, reason: 'no space', retryable: true, maxAttempts: null, blockedBy: [] } });
    const queue = queueOf([failing, new Story('new').create(), planned('begun')]);
    expect([1, 2, 3].map(() => queue.next(DRIVERS, LATER)?.bayId)).toEqual(['begun', 'new', 'failing']);
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

  it('gives the place of a step that rests to another, and takes it back when it is at work again', () => {
    const [first, second, third] = ['a1', 'a2', 'a3'].map((bayId) => new Story(bayId).create()) as [Story, Story, Story];
    const queue = queueOf([first.dispatch(), second, third], 1);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
    expect(queue.heard(queue.get('a1')!, true, 0)).toBe(true);
    expect(queue.next(DRIVERS, NOON)?.bayId).toBe('a2');
    queue.settle('a2');
    expect(queue.heard(queue.get('a1')!, false, 0)).toBe(false);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('does not take the next lease of a bay for one that rests', () => {
    const story = new Story('a1').create().dispatch();
    const queue = queueOf([story, new Story('a2').create()], 1);
    queue.heard(queue.get('a1')!, true, 0);
    queue.update('a1', story.do({ type: 'ExpireLease', data: { token: 1 } }).dispatch(), 0);
    expect(queue.get('a1')?.isResting).toBe(false);
    expect(queue.next(DRIVERS, NOON)).toBeUndefined();
  });

  it('gives retries out in the order in which they are due, whatever came in between', () => {
    const failed = (bayId: string, attempts: number): Story => {
      const story = new Story(bayId).create();
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const data = { token: attempt, reason: 'no space', retryable: true, maxAttempts: null, blockedBy: [] };
        story.dispatch('2026-01-31T12:59:00.000Z').do({ type: 'ReportStepFailed', data });
      }
      return story;
    };
    const stories = [failed('late', 3), failed('soon', 1), failed('later', 2)];
    const queue = queueOf(stories);
    for (const story of stories) queue.update(story.bayId, story, 0);
    const at = (seconds: number) => queue.next(DRIVERS, `2026-01-31T12:00:0${seconds}.000Z`)?.bayId;
    expect([0, 1, 1, 2, 3, 4, 5].map(at)).toEqual([undefined, 'soon', undefined, 'later', undefined, 'late', undefined]);
  });
});
