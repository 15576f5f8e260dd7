import { jest } from '@jest/globals';
import type { BayEvent } from '@jeroboam/domain';
import { BayNotFound } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { FakeCertificates } from '@jeroboam/driver-sdk/testing';
import { NoHandler, getCaCertificate, signNodeCsr } from '@jeroboam/messaging';
import { WELL } from './testing/scripted-driver.ts';
import { TelemetryWorld, completeBay, turns } from './testing/telemetry-fixture.ts';

let world: TelemetryWorld;
beforeEach(async () => {
  world = await TelemetryWorld.open();
});
afterEach(() => world.close());

const UNWELL = { status: 'UNHEALTHY' as const, reason: { api: 'ok', 'n-0.Ready': 'False' }, observedNodes: { 'default-worker': 2 } };
const typesOf = async (bayId: string) => (await world.events(bayId)).map(({ type }) => type).slice(2);
const of = (bayId: string, operationId: string) => ({ bayId, operationId });
const deletionOf = (bayId: string): BayEvent => ({ type: 'BayDeletionRequested', schemaVersion: 1, data: of(bayId, 'op-delete') });
const resizeOf = (bayId: string, nodeCount: number): BayEvent => ({
  type: 'BayResizeRequested', schemaVersion: 1, data: { ...of(bayId, 'op-resize'), nodeGroup: 'default-worker', fromCount: 2, nodeCount, nodesToRemove: [] },
});

describe('the bays that are watched', () => {
  it('are those that are complete, from the moment they are', async () => {
    await world.start();
    const [requested, provisioned] = completeBay({ ...baySamples.aSpec, bayId: 'b1' });
    await world.happen('b1', requested!);
    expect(world.driver.calls).toEqual([]);
    await world.happen('b1', provisioned!);
    expect(world.driver.callsTo('b1')).toBe(1);
    expect(await typesOf('b1')).toEqual(['BayHealthChanged']);
  });

  it('are also those that were there before, without anything being said again of what is known', async () => {
    await world.make('b1');
    await world.project(['b1']);
    const before = await world.start();
    await world.pass(1);
    await world.stop(before);
    await world.start();
    await world.pass(1);
    expect(world.driver.callsTo('b1')).toBe(2);
    expect(world.scheduler.sent).toHaveLength(1);
  });

  it('are found in the log where the read model is behind', async () => {
    await world.make('b1');
    await world.project(['b1']);
    await world.make('b2');
    await world.start();
    await world.pass(1);
    expect(['b1', 'b2'].map((bayId) => world.driver.callsTo(bayId))).toEqual([1, 1]);
  });

  it('are not those whose own healer says how they are', async () => {
    await world.start();
    await world.make('healed', { labels: { auto_healing_enabled: 'True', auto_healing_controller: 'magnum-auto-healer' } });
    await world.make('drained', { labels: { auto_healing_enabled: 'true', auto_healing_controller: 'draino' } });
    await world.pass(600);
    expect([world.driver.callsTo('healed'), world.driver.callsTo('drained') > 0]).toEqual([0, true]);
  });

  it('are not those whose driver has no way to look', async () => {
    const { manifest } = world.driver;
    Object.assign(manifest, { capabilities: { ...manifest.capabilities, operations: [] } });
    await world.start();
    await world.make('b1');
    await world.pass(600);
    expect([world.driver.calls, world.scheduler.sent, world.logger.lines]).toEqual([[], [], []]);
  });

  it('are forgotten the moment their deletion is asked for, and a look under way says nothing any more', async () => {
    let answer = () => {};
    world.driver.health = () => new Promise((resolve) => (answer = () => resolve(UNWELL)));
    await world.start();
    await world.make('b1');
    await world.happen('b1', deletionOf('b1'));
    answer();
    await world.pass(600);
    expect(world.driver.callsTo('b1')).toBe(1);
    expect(await typesOf('b1')).toEqual(['BayDeletionRequested']);
    expect(await world.metrics.text()).toMatch(/^jeroboam_telemetry_watched_bays 0$/m);
  });

  it('are looked at when their status changes', async () => {
    await world.start();
    await world.make('b1');
    await world.pass(100);
    const before = world.driver.callsTo('b1');
    await world.happen('b1', resizeOf('b1', 3));
    await world.pass(0.1);
    expect(world.driver.callsTo('b1')).toBe(before + 1);
  });
});

describe('what a look tells', () => {
  it('is nothing as long as nothing changes', async () => {
    await world.start();
    await world.make('b1');
    await world.pass(3_600);
    expect(world.driver.callsTo('b1')).toBeGreaterThan(10);
    expect(world.scheduler.sent).toEqual([{ bayId: 'b1', source: 'telemetry', ...WELL }]);
  });

  it('is a change of health with its reasons, looked at closely from then on', async () => {
    await world.start();
    await world.make('b1');
    await world.pass(700);
    world.driver.health = () => UNWELL;
    await world.pass(300);
    expect(await typesOf('b1')).toEqual(['BayHealthChanged', 'BayHealthChanged']);
    expect((await world.events('b1')).at(-1)?.data).toEqual({ bayId: 'b1', status: 'UNHEALTHY', reason: UNWELL.reason, source: 'telemetry' });
    world.driver.health = () => WELL;
    await world.pass(60);
    expect((await world.events('b1')).at(-1)?.data).toMatchObject({ status: 'HEALTHY' });
  });

  it('names a credential that expires soon, until it is taken away, which makes no bay unwell', async () => {
    const held = { bayId: 'b1', name: 'jeroboam-b1-volume-1', purpose: 'volume' } as const;
    const made = { ...held, operationId: 'op-create', mode: 'app_cred' } as const;
    const facts = { externalId: 'ac-1', credentialRef: 'ref', fingerprint: 'f', roles: ['member'], accessRulesHash: 'h', expiresAt: '2026-05-01T12:00:00.000Z' };
    await world.start();
    await world.make('b1', {}, { type: 'CredentialIntended', schemaVersion: 1, data: made }, { type: 'CredentialMinted', schemaVersion: 1, data: { ...made, ...facts } });
    await world.pass(100);
    expect((await world.events('b1')).at(-1)?.data).toMatchObject({ status: 'HEALTHY', reason: WELL.reason });
    await world.happen('b1', { type: 'CredentialExpiring', schemaVersion: 1, data: { ...held, expiresAt: facts.expiresAt } });
    await world.pass(3_600);
    const told = (await world.events('b1')).filter(({ type }) => type === 'BayHealthChanged').slice(1).map(({ data }) => data);
    expect(told).toEqual([{ bayId: 'b1', status: 'HEALTHY', reason: { ...WELL.reason, 'credential.volume': 'expiring' }, source: 'telemetry' }]);
    await world.happen('b1', { type: 'CredentialRevoked', schemaVersion: 1, data: { ...held, operationId: 'op-rotate' } });
    await world.pass(3_600);
    expect((await world.events('b1')).at(-1)?.data).toMatchObject({ status: 'HEALTHY', reason: WELL.reason });
  });

  it('is the number of nodes, where the COE lists another than is known', async () => {
    await world.start();
    await world.make('b1');
    await world.pass(1);
    world.driver.health = () => ({ ...WELL, observedNodes: { 'default-master': 1, 'default-worker': 5 } });
    await world.pass(20);
    const { type, data } = (await world.events('b1')).at(-1)!;
    expect([type, data]).toEqual(['NodeGroupObserved', { bayId: 'b1', nodeGroup: 'default-worker', nodeCount: 5, source: 'telemetry' }]);
    expect(await world.metrics.text()).toMatch(/^jeroboam_telemetry_nodes\{driver="swarm_local",kind="observed"\} 6$/m);
    expect(await world.metrics.text()).toMatch(/^jeroboam_telemetry_divergent_bays\{driver="swarm_local"\} 1$/m);
  });

  it('is a text that users’ work changes, without being looked at more often for it', async () => {
    let tasks = 0;
    world.driver.health = () => ({ ...WELL, reason: { api: 'ok', tasks: `${(tasks += 1)} of 9 running` } });
    await world.start();
    await world.make('b1');
    await world.pass(151);
    expect(world.driver.calls.map(({ atMs }) => (atMs - world.driver.calls[0]!.atMs) / 1_000)).toEqual([0, 10, 30, 70, 150]);
    expect(world.scheduler.sent).toHaveLength(5);
  });

  it('takes back what somebody else said of a bay that is watched', async () => {
    await world.start();
    await world.make('b1');
    await world.happen('b1', { type: 'BayHealthChanged', schemaVersion: 1, data: { bayId: 'b1', status: 'UNKNOWN', reason: {}, source: 'user' } });
    await world.pass(20);
    expect((await world.events('b1')).at(-1)?.data).toMatchObject({ status: 'HEALTHY', source: 'telemetry' });
  });

  it('is that a bay is not accessible, in Magnum’s words, where no answer comes in time; the deaf are not asked again meanwhile', async () => {
    const signals: AbortSignal[] = [];
    world.driver.health = (_bay, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    await world.start({ callTimeoutMs: 10_000 });
    await world.make('b1');
    await world.pass(11);
    expect(world.scheduler.sent).toEqual([{ bayId: 'b1', status: 'UNKNOWN', reason: { api: 'The cluster b1 is not accessible.' }, source: 'telemetry' }]);
    await world.pass(600);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await world.metrics.text()).toMatch(/^jeroboam_telemetry_calls_total\{driver="swarm_local",outcome="timeout"\} 1$/m);
  });
});

describe('telemetry’s identity', () => {
  it('is another one when the bay’s authorities were rotated', async () => {
    const pem = (await new FakeCertificates().client()).certificatePem;
    const signed: unknown[] = [];
    world.scheduler.answers.set(getCaCertificate.pattern, () => ({ pem }));
    world.scheduler.answers.set(signNodeCsr.pattern, (payload) => {
      signed.push(payload);
      return { pem };
    });
    world.driver.health = async (_bay, { certificates }) => {
      await certificates.client();
      return WELL;
    };
    await world.start();
    await world.make('b1');
    // Its key is made off the main thread.
    while (world.scheduler.sent.length === 0) await turns();
    await world.pass(100);
    expect(signed).toHaveLength(1);
    await world.happen('b1', { type: 'CaRotationRequested', schemaVersion: 1, data: of('b1', 'op-rotate') }, { type: 'CaRotationCompleted', schemaVersion: 1, data: { ...of('b1', 'op-rotate'), outputs: {} } });
    await world.pass(1);
    while (signed.length < 2) await turns();
    expect(signed).toEqual([expect.objectContaining({ bayId: 'b1' }), expect.objectContaining({ bayId: 'b1' })]);
  });
});

describe('a failure of telemetry’s own', () => {
  const warnings = () => world.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

  it('leaves health as it was and is said once, as is its end', async () => {
    await world.start();
    await world.make('b1');
    await world.pass(1);
    world.driver.health = () => {
      throw new Error('no such file');
    };
    await world.pass(1_000);
    expect(await typesOf('b1')).toEqual(['BayHealthChanged']);
    expect(warnings()).toEqual(['telemetry cannot look at a bay; its health stays as it was']);
    expect(await world.metrics.text()).toMatch(/^jeroboam_telemetry_bays\{driver="swarm_local",condition="UNSEEN"\} 1$/m);
    world.driver.health = () => WELL;
    await world.pass(600);
    expect(world.logger.lines.map(({ message }) => message)).toEqual([...warnings(), 'telemetry can look at a bay again']);
  });

  it('is also that a bay’s driver is not loaded here', async () => {
    await world.start();
    await world.make('b1', { driver: { ...baySamples.aSpec.driver, version: '9.0.0' } });
    await world.pass(600);
    expect(world.logger.lines.map(({ message, error }) => [message, (error as Error).message])).toEqual([
      ['telemetry cannot look at a bay; its health stays as it was', 'driver swarm_local@9.0.0 is not loaded in telemetry'],
    ]);
  });

  it('is a scheduler that is away: it is told once it is back', async () => {
    world.scheduler.refusal = new NoHandler('scheduler.report-bay-health');
    await world.start();
    await world.make('b1');
    await world.make('b2');
    await world.pass(60);
    expect(warnings()).toEqual(['the scheduler cannot be told of health; what is not told is told with the next look']);
    world.scheduler.refusal = undefined;
    await world.pass(60);
    expect([await typesOf('b1'), await typesOf('b2')]).toEqual([['BayHealthChanged'], ['BayHealthChanged']]);
  });

  it('is not that a bay went while it was looked at', async () => {
    world.scheduler.refusal = new BayNotFound('b1');
    await world.start();
    await world.make('b1');
    await world.pass(600);
    expect([world.driver.callsTo('b1'), world.logger.lines]).toEqual([1, []]);
  });

  it('is a log that is away: telemetry is not ready until it can follow it again', async () => {
    const away = { done: Promise.reject(new Error('the disk is gone')), stop: async () => {} };
    jest.spyOn(world.log, 'subscribe').mockReturnValueOnce(away);
    const telemetry = await world.start({ retryMs: 1_000 });
    expect(() => telemetry.check()).toThrow('the log is not followed');
    await world.make('b1');
    await world.pass(1);
    expect(() => telemetry.check()).not.toThrow();
    expect(world.driver.callsTo('b1')).toBe(1);
  });
});
