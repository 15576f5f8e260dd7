import { LoneAppends } from './lone-appends.ts';

/** Waits on the thread as an otherwise idle process has them. */
function idleWaits(lone: LoneAppends, count: number): void {
  for (let wait = 0; wait < count; wait += 1) lone.waited(0.4, 0.3);
}

describe('LoneAppends', () => {
  let lone: LoneAppends;
  beforeEach(() => {
    lone = new LoneAppends();
  });

  it('sends appends to the thread until the event loop was idle during 8 waits for it', () => {
    idleWaits(lone, 7);
    expect(lone.areCommittedHere()).toBe(false);
    idleWaits(lone, 1);
    expect(lone.areCommittedHere()).toBe(true);
  });

  it.each([
    ['the event loop had other work while the thread wrote', () => lone.waited(0.4, 0.1)],
    ['the disk is slow', () => lone.waited(8, 7.9)],
    ['appends come together', () => lone.wereInTheWay()],
  ])('stays with the thread where %s', (_why, otherwise) => {
    for (let round = 0; round < 100; round += 1) {
      idleWaits(lone, 3);
      otherwise();
    }
    expect(lone.areCommittedHere()).toBe(false);
  });

  it.each([
    ['a flush takes long', () => lone.committed(5, 0.01)],
    ['others want the event loop', () => lone.committed(0.2, 3)],
    ['another connection writes', () => lone.wereInTheWay()],
  ])('goes back to the thread when %s, again and again', (_why, inTheWay) => {
    idleWaits(lone, 100);
    inTheWay();
    expect(lone.areCommittedHere()).toBe(true);
    for (let round = 0; round < 2; round += 1) inTheWay();
    expect(lone.areCommittedHere()).toBe(false);
  });

  it('wants a checkpoint every 500 commits, so that the file beside the log does not grow for ever', () => {
    for (let commit = 0; commit < 500; commit += 1) {
      expect(lone.isCheckpointDue()).toBe(false);
      lone.committed(0.2, 0.01);
    }
    expect(lone.isCheckpointDue()).toBe(true);
    lone.checkpointed();
    expect(lone.isCheckpointDue()).toBe(false);
  });
});
