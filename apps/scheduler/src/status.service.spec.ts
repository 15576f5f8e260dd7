import { FakeClock } from '@jeroboam/platform/testing';
import { Status } from './status.service.ts';

describe('the status of a scheduler', () => {
  it('counts a report for each minute, from 1 on', async () => {
    const clock = new FakeClock();
    const startedAt = clock.now().toISOString();
    const status = new Status('h1', clock);
    expect(status.now()).toEqual({ host: 'h1', startedAt, reportCount: 1, reportedAt: startedAt });
    await clock.advance(59_999);
    expect(status.now().reportCount).toBe(1);
    await clock.advance(1);
    expect(status.now()).toEqual({ host: 'h1', startedAt, reportCount: 2, reportedAt: clock.now().toISOString() });
  });
});
