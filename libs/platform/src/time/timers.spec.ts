import { jest } from '@jest/globals';
import { systemTimers } from './timers.ts';

describe('systemTimers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('calls back once, when the delay has passed', () => {
    const callback = jest.fn();
    systemTimers.after(50, callback);
    jest.advanceTimersByTime(49);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(100);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('waits out a delay longer than setTimeout can count', () => {
    const callback = jest.fn();
    systemTimers.after(5_000_000_000, callback);
    jest.advanceTimersByTime(4_999_999_999);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('forgets a cancelled timer, also in a later stretch of a long delay', () => {
    const callback = jest.fn();
    const timer = systemTimers.after(5_000_000_000, callback);
    jest.advanceTimersByTime(3_000_000_000);
    timer.cancel();
    jest.advanceTimersByTime(3_000_000_000);
    expect(callback).not.toHaveBeenCalled();
  });
});
