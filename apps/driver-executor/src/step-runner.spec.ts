import { StaleLease } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import {
  completeAuthorityRotation, getTrustedAuthorities, intendResources, reportPlan, reportStepFailed, reportStepSucceeded, signNodeCsr, startAuthorityRotation, withdrawAuthorities,
} from '@jeroboam/messaging';
import { NoHandler } from '@jeroboam/messaging';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { DriverHost } from './driver-host.service.ts';
import { DEFAULT_EXECUTOR_CONFIG } from './executor.config.ts';
import { StepRunner } from './step-runner.service.ts';
import { aDriver, aTurn, anAssignment } from './testing/a-driver.ts';
import type { DriverOf } from './testing/a-driver.ts';
import { FakeMessages } from './testing/fake-messages.ts';

const MACHINE = { machineId: 'm1', node: 'default-worker-0', nodeGroup: 'default-worker', from: '2026-01-31T12:00:00.000Z', to: null };
const never = new AbortController().signal;
const RESOURCE = { resourceId: 'r1', type: 'bridge', name: 'jb-r1', state: 'recorded' as const };

function runner(messages: FakeMessages, driver: DriverOf = {}, clock = new FakeClock()): StepRunner {
  const logger = recordingLogger();
  return new StepRunner(messages, new DriverHost([aDriver(driver)], '/nowhere', logger), { ...DEFAULT_EXECUTOR_CONFIG, dataDir: '/nowhere' }, clock, logger);
}

describe('a plan', () => {
  it('is asked of the driver and reported under the lease', async () => {
    const messages = new FakeMessages();
    const assignment = anAssignment('plan');
    await runner(messages, { steps: ['network', 'nodes'] }).run(assignment, never);
    expect(messages.sent.map(({ pattern, payload }) => [pattern, payload])).toEqual([
      [reportPlan.pattern, { bayId: assignment.bay.spec.bayId, token: 3, steps: [{ name: 'network' }, { name: 'nodes' }] }],
    ]);
  });

  it('of a delete ends with the withdrawal of the bay’s authorities', async () => {
    const messages = new FakeMessages();
    await runner(messages, { steps: ['nodes'] }).run(anAssignment('plan', { kind: 'delete', resources: [RESOURCE] }), never);
    expect(messages.of(reportPlan)[0]?.payload['steps']).toEqual([{ name: 'nodes' }, { name: 'withdraw-authorities' }]);
  });

  it('of a CA rotation begins with the candidate, and has the old authority withdrawn where the driver says', async () => {
    const messages = new FakeMessages();
    await runner(messages, { steps: ['trust-both', 'withdraw-old-authority', 'forget'] }).run(anAssignment('plan', { kind: 'rotate-ca' }), never);
    const names = ['issue-candidate-authority', 'trust-both', 'withdraw-old-authority', 'forget'];
    expect(messages.of(reportPlan)[0]?.payload['steps']).toEqual(names.map((name) => ({ name })));
  });

  it.each([[['trust-both']], [['withdraw-old-authority', 'withdraw-old-authority']]])(
    'of a CA rotation fails for good where the driver does not say once when the old authority may go: %j',
    async (steps) => {
      const messages = new FakeMessages();
      await runner(messages, { steps }).run(anAssignment('plan', { kind: 'rotate-ca' }), never);
      expect(messages.of(reportStepFailed).map(({ payload }) => payload['retryable'])).toEqual([false]);
    },
  );

  it('of an upgrade, and its steps, are the work of the version it leads to', async () => {
    const messages = new FakeMessages();
    const logger = recordingLogger();
    const drivers = [aDriver({ steps: ['old'] }), aDriver({ steps: ['new'], run: async () => ({ nodesRemoved: ['by-new'] }) }, { version: '2.0.0' })];
    const both = new StepRunner(messages, new DriverHost(drivers, '/nowhere', logger), { ...DEFAULT_EXECUTOR_CONFIG, dataDir: '/nowhere' }, new FakeClock(), logger);
    const plan = anAssignment('plan', { kind: 'upgrade' });
    const driver = { ...plan.bay.spec.driver, version: '2.0.0' };
    const upgrade = { nodeGroups: ['default-worker'], to: { bayModelId: 'm2', imageId: 'debian-13', labels: {}, driver }, maxBatchSize: 1 };
    await both.run({ ...plan, operation: { ...plan.operation, upgrade } }, never);
    expect(messages.of(reportPlan)[0]?.payload['steps']).toEqual([{ name: 'new' }]);
    const step = anAssignment('new', { kind: 'upgrade' });
    await both.run({ ...step, operation: { ...step.operation, upgrade } }, never);
    expect(messages.of(reportStepSucceeded)[0]?.payload['outcome']).toEqual({ nodesRemoved: ['by-new'] });
  });

  it('of a delete asks the driver also when everything is gone, since a deletion given up may have told nobody when its machines went', async () => {
    const messages = new FakeMessages();
    const assignment = anAssignment('plan', { kind: 'delete', hadResources: true });
    expect(assignment.bay.resources).toEqual([]);
    await runner(messages, { steps: ['stack'] }).run(assignment, never);
    expect(messages.of(reportPlan)[0]?.payload['steps']).toEqual([{ name: 'stack' }, { name: 'withdraw-authorities' }]);
  });

  it('of a delete where nothing was ever made asks no driver, which may not work here', async () => {
    const messages = new FakeMessages();
    const availability = async () => ({ available: false, missing: [] }) as const;
    await runner(messages, { availability }).run(anAssignment('plan', { kind: 'delete' }), never);
    expect(messages.of(reportPlan)[0]?.payload['steps']).toEqual([{ name: 'withdraw-authorities' }]);
  });

  it('fails for good where the driver cannot work, naming what is missing and the package that brings it', async () => {
    const messages = new FakeMessages();
    const availability = async () => ({ available: false, missing: [{ what: 'dockerd', reason: 'it runs the nodes', package: 'docker.io' }, { what: 'root', reason: 'it makes networks' }] }) as const;
    await runner(messages, { availability }).run(anAssignment('plan'), never);
    expect(messages.of(reportStepFailed).map(({ payload }) => payload)).toMatchObject([{
      reason: 'Driver some_driver cannot work on this host. dockerd is missing: it runs the nodes (install the package docker.io); root is missing: it makes networks', retryable: false,
    }]);
  });
});

describe('a step', () => {
  it('is reported with what it saw', async () => {
    const messages = new FakeMessages();
    const outcome = { nodesRemoved: ['default-worker-1'] };
    await runner(messages, { run: async () => outcome }).run(anAssignment('make'), never);
    expect(messages.of(reportStepSucceeded).map(({ payload }) => payload['outcome'])).toEqual([outcome]);
  });

  it('of withdrawal is done by the certificate authority and no driver', async () => {
    const messages = new FakeMessages();
    const assignment = anAssignment('withdraw-authorities', { kind: 'delete' });
    await runner(messages, { run: () => Promise.reject(new Error('not asked')) }).run(assignment, never);
    expect(messages.sent.map(({ pattern }) => pattern)).toEqual([withdrawAuthorities.pattern, reportStepSucceeded.pattern]);
  });

  it.each([
    ['issue-candidate-authority', startAuthorityRotation],
    ['withdraw-old-authority', completeAuthorityRotation],
  ])('of %s is done by the certificate authority and no driver, in the name of the operation', async (name, contract) => {
    const messages = new FakeMessages();
    await runner(messages, { run: () => Promise.reject(new Error('not asked')) }).run(anAssignment(name, { kind: 'rotate-ca' }), never);
    expect(messages.sent.map(({ pattern }) => pattern)).toEqual([contract.pattern, reportStepSucceeded.pattern]);
    expect(messages.of(contract)[0]?.payload['rotationId']).toBe('op-1');
  });

  it('can ask what is to be trusted during a rotation, and have the candidate sign', async () => {
    const messages = new FakeMessages().on(getTrustedAuthorities, () => ({ pems: ['old', 'new'] })).on(signNodeCsr, () => ({ pem: 'signed' }));
    const seen: unknown[] = [];
    const run: DriverOf['run'] = async ({ certificates }) => {
      seen.push(await certificates.trusted(), await certificates.sign({ csrPem: 'csr', usages: ['server'], subjectAltNames: [], issuer: 'candidate' }));
      return {};
    };
    await runner(messages, { run }).run(anAssignment('trust-both', { kind: 'rotate-ca' }), never);
    expect(seen).toEqual([['old', 'new'], 'signed']);
    expect(messages.of(signNodeCsr)[0]?.payload).toMatchObject({ csrPem: 'csr', issuer: 'candidate' });
  });

  it.each([
    ['a failure worth trying again', new StepFailed('no space', { retryable: true, blockedBy: ['c1'] }), { reason: 'no space', retryable: true, maxAttempts: null, blockedBy: ['c1'] }],
    ['a failure that made machines', new StepFailed('no space', { retryable: true, machines: [MACHINE] }), { reason: 'no space', machines: [MACHINE] }],
    ['a failure for good', new StepFailed('no such image', { retryable: false }), { reason: 'no such image', retryable: false, maxAttempts: null, blockedBy: [] }],
    ['a service that is away', new NoHandler('ca.sign'), { retryable: true, maxAttempts: null }],
    ['a bug', new TypeError('x is undefined'), { reason: 'x is undefined', retryable: true, maxAttempts: 5 }],
  ])('reports %s as such', async (_name, error, report) => {
    const messages = new FakeMessages();
    await runner(messages, { run: () => Promise.reject(error) }).run(anAssignment('make'), never);
    expect(messages.of(reportStepFailed).map(({ payload }) => payload)).toMatchObject([report]);
  });

  it('does not count as a bug when it was told to stop, however often it was tried', async () => {
    const messages = new FakeMessages();
    const abort = new AbortController();
    const run = runner(messages, { run: async ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))) }).run(anAssignment('make', { attempt: 9 }), abort.signal);
    await aTurn();
    abort.abort(new Error('the executor is shutting down'));
    await run;
    expect(messages.of(reportStepFailed).map(({ payload }) => payload)).toMatchObject([{ reason: 'the executor is shutting down', retryable: true, maxAttempts: null }]);
  });

  it('that lost its lease stops and reports nothing more', async () => {
    const messages = new FakeMessages().on(intendResources, () => { throw new StaleLease(3, 4); });
    await runner(messages, { run: async ({ ledger }) => { await ledger.intend([RESOURCE]); return {}; } }).run(anAssignment('make'), never);
    expect(messages.sent.map(({ pattern }) => pattern)).toEqual([intendResources.pattern]);
  });
});

describe('a report', () => {
  it('is sent again under the same command id until the scheduler is back', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const messages = new FakeMessages().on(reportStepSucceeded, () => { if ((tries += 1) < 4) throw new NoHandler('scheduler'); return {}; });
    const run = runner(messages, {}, clock).run(anAssignment('make'), never);
    for (let wait = 0; wait < 4; wait += 1) { await aTurn(); await clock.advance(500); }
    await run;
    const reports = messages.of(reportStepSucceeded);
    expect(reports).toHaveLength(4);
    expect(new Set(reports.map(({ commandId }) => commandId)).size).toBe(1);
    expect(messages.of(reportStepFailed)).toEqual([]);
  });

  it('is given up after ten tries and left to the lease', async () => {
    const clock = new FakeClock();
    const away = () => { throw new NoHandler('scheduler'); };
    const messages = new FakeMessages().on(reportStepSucceeded, away).on(reportStepFailed, away);
    const run = runner(messages, {}, clock).run(anAssignment('make'), never);
    for (let wait = 0; wait < 20; wait += 1) { await aTurn(); await clock.advance(500); }
    await run;
    expect([messages.of(reportStepSucceeded).length, messages.of(reportStepFailed).length]).toEqual([10, 10]);
    expect(clock.pendingTimers).toBe(0);
  });
});
