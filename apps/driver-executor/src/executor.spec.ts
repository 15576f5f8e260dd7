import { getEventListeners } from 'node:events';
import { jest } from '@jest/globals';
import { NoHandler, claimStep, heartbeat, reportStepFailed, reportStepSucceeded } from '@jeroboam/messaging';
import type { StepAssignment } from '@jeroboam/messaging';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { DriverHost } from './driver-host.service.ts';
import { DEFAULT_EXECUTOR_CONFIG } from './executor.config.ts';
import { Executor } from './executor.service.ts';
import { StepRunner } from './step-runner.service.ts';
import { aDriver, aTurn, anAssignment } from './testing/a-driver.ts';
import type { DriverOf } from './testing/a-driver.ts';
import { FakeMessages } from './testing/fake-messages.ts';

/** A driver whose step lasts until it is told to stop. */
const untilStopped: DriverOf = { run: ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))) };

describe('Executor', () => {
  let clock: FakeClock;
  let messages: FakeMessages;
  let work: StepAssignment[];
  let executor: Executor | undefined;
  beforeEach(() => {
    clock = new FakeClock();
    work = [];
    executor = undefined;
    // A scheduler that has nothing to give does not answer.
    messages = new FakeMessages().on(claimStep, () => work.shift() ?? new Promise(() => undefined)).on(heartbeat, () => ({ revoked: [] }));
  });
  afterEach(async () => {
    const stopped = executor?.stop();
    await aTurn();
    await clock.advance(1_000);
    await stopped;
    expect(clock.pendingTimers).toBe(0);
  });

  function start(driver: DriverOf = {}, concurrency = 1): ReturnType<typeof recordingLogger> {
    const logger = recordingLogger();
    const config = { ...DEFAULT_EXECUTOR_CONFIG, concurrency, dataDir: '/nowhere' };
    const host = new DriverHost([aDriver(driver)], config.dataDir, logger);
    let id = 0;
    executor = new Executor('e1', messages, host, new StepRunner(messages, host, config, clock, logger), config, clock, clock, logger, () => `id-${(id += 1)}`);
    executor.start();
    return logger;
  }

  it('asks for what its drivers can do, and for more when a step is done', async () => {
    work = [anAssignment('make'), anAssignment('make')];
    start();
    for (let turn = 0; turn < 5; turn += 1) await aTurn();
    expect(messages.of(reportStepSucceeded)).toHaveLength(2);
    expect(messages.of(claimStep).map(({ payload }) => payload)).toEqual(Array(3).fill({ executorId: 'e1', drivers: ['some_driver@1.0.0'], waitMs: 10_000 }));
  });

  it('works on no more steps at once than it may', async () => {
    work = [anAssignment('make'), anAssignment('make'), anAssignment('make')];
    start(untilStopped, 2);
    await aTurn();
    expect(work).toHaveLength(1);
  });

  it('keeps the leases alive of what it works on', async () => {
    const assignment = anAssignment('make');
    work = [assignment];
    start(untilStopped);
    await aTurn();
    await clock.advance(2_000);
    expect(messages.of(heartbeat).map(({ payload }) => payload['leases'])).toEqual(Array(2).fill([{ bayId: assignment.bay.spec.bayId, token: 3 }]));
  });

  it('begins another step while one rests, and tells the scheduler at once which of them rest', async () => {
    work = [anAssignment('make'), anAssignment('make')];
    const leases = work.map(({ bay }) => ({ bayId: bay.spec.bayId, token: 3 }));
    const waits: (() => void)[] = [];
    start({ run: async ({ rest }) => (await rest!(() => new Promise<object>((resolve) => { waits.push(() => resolve({})); })))! });
    for (let turn = 0; turn < 5; turn += 1) await aTurn();
    expect(work).toHaveLength(0);
    await clock.advance(20);
    expect(messages.of(heartbeat).map(({ payload }) => payload['leases'])).toEqual([leases.map((lease) => ({ ...lease, resting: true }))]);
    await clock.advance(980);
    expect(messages.of(heartbeat).at(-1)?.payload['leases']).toEqual(leases.map((lease) => ({ ...lease, resting: true })));
    for (const wake of waits) wake();
    for (let turn = 0; turn < 5; turn += 1) await aTurn();
    expect(messages.of(reportStepSucceeded)).toHaveLength(2);
    await clock.advance(20);
  });

  it('stops a step that rests when it is not wanted any more', async () => {
    work = [anAssignment('make')];
    messages.on(heartbeat, ({ leases }) => ({ revoked: leases.map(({ bayId, token }) => ({ bayId, token })) }));
    start({ run: async ({ rest, signal }) => (await rest!(() => new Promise<never>((_resolve, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); })))! });
    await aTurn();
    await clock.advance(20);
    for (let turn = 0; turn < 5; turn += 1) await aTurn();
    expect(messages.of(reportStepFailed).map(({ payload }) => payload['reason'])).toEqual(['the step is no longer wanted']);
    await clock.advance(20);
  });

  it('stops a step that is not wanted any more', async () => {
    const assignment = anAssignment('make');
    work = [assignment];
    messages.on(heartbeat, ({ leases }) => ({ revoked: leases }));
    start(untilStopped);
    await aTurn();
    await clock.advance(1_000);
    expect(messages.of(reportStepFailed).map(({ payload }) => payload['reason'])).toEqual(['the step is no longer wanted']);
  });

  it('lets the lease of a step go that does not stop although it was told to', async () => {
    work = [anAssignment('make')];
    let finish = (): void => undefined;
    messages.on(heartbeat, ({ leases }) => ({ revoked: leases }));
    start({ run: () => new Promise((resolve) => { finish = () => resolve({}); }) });
    await aTurn();
    await clock.advance(40_000);
    expect(messages.of(heartbeat).at(-1)?.payload['leases']).toEqual([]);
    finish();
  });

  it('asks again when the scheduler cannot be reached, and says so once', async () => {
    let away = true;
    messages.on(claimStep, () => {
      if (away) throw new NoHandler('scheduler.claim-step');
      return new Promise(() => undefined);
    });
    const logger = start();
    for (let wait = 0; wait < 4; wait += 1) { await aTurn(); await clock.advance(500); }
    away = false;
    expect(messages.of(claimStep).length).toBeGreaterThanOrEqual(4);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await clock.advance(500);
  });

  it('stops its steps when it is stopped, and waits until they have reported', async () => {
    work = [anAssignment('make')];
    start(untilStopped);
    await aTurn();
    const stopped = executor!.stop();
    await aTurn();
    await clock.advance(1_000);
    await stopped;
    expect(messages.of(reportStepFailed).map(({ payload }) => payload)).toMatchObject([{ reason: 'the executor is shutting down', retryable: true, maxAttempts: null }]);
  });

  it('leaves nothing behind of claims that were answered', async () => {
    const listening = jest.spyOn(AbortSignal.prototype, 'addEventListener');
    work = Array.from({ length: 50 }, () => anAssignment('make'));
    start();
    for (let turn = 0; turn < 60; turn += 1) await aTurn();
    const signals = new Set(listening.mock.contexts as unknown as AbortSignal[]);
    listening.mockRestore();
    expect(messages.of(reportStepSucceeded)).toHaveLength(50);
    // The present claim and the pause between heartbeats.
    expect([...signals].reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0)).toBeLessThanOrEqual(2);
  });
});
