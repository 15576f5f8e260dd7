import type { CredentialMode, NodeView } from '@jeroboam/domain';
import { GROUPS, bayOf, contextOf, useSchedulers } from './testing/scheduler-fixture.ts';
import type { Scheduler } from './testing/scheduler-fixture.ts';

const fixture = useSchedulers();
const DAY_MS = 86_400_000;
const NODES: readonly NodeView[] = ['default-master-0', 'default-worker-0', 'default-worker-1'].map((name) => ({ name, nodeGroup: name.slice(0, -2), address: name }));

async function started(): Promise<Scheduler> {
  const scheduler = fixture.scheduler();
  await scheduler.reactor.start();
  return scheduler;
}

/** A bay with a credential of 90 days; complete unless that is left out. */
async function bayWith({ commands, writeSide: { bays } }: Scheduler, mode: CredentialMode, isComplete = true): Promise<void> {
  const { operationId } = await commands.createBay(bayOf('b1'), GROUPS, contextOf('create'));
  const of = { operationId: operationId! };
  const name = 'jeroboam-b1-control-1';
  const expiresAt = new Date(fixture.clock.now().getTime() + 90 * DAY_MS).toISOString();
  await bays.execute('b1', { type: 'IntendCredential', data: { ...of, name, purpose: 'control', mode } }, contextOf('intend'));
  const facts = { name, externalId: 'c1', credentialRef: 'ref', fingerprint: 'f', roles: ['member'], accessRulesHash: 'h', expiresAt };
  await bays.execute('b1', { type: 'RecordCredential', data: { ...of, ...facts } }, contextOf('record'));
  if (isComplete) {
    await bays.execute('b1', { type: 'ObserveBay', data: { ...of, joined: NODES, removed: [] } }, contextOf('observe'));
    await bays.execute('b1', { type: 'CompleteOperation', data: { ...of, outputs: {} } }, contextOf('complete'));
  }
  await fixture.settled();
}

const expiring = async () => (await fixture.events()).filter(({ type }) => type === 'CredentialExpiring').map(({ data }) => (data as { name: string }).name);
const rotations = async () => (await fixture.events()).filter(({ type }) => type === 'CredentialRotationRequested').length;

async function after(scheduler: Scheduler, days: number): Promise<number> {
  await fixture.clock.advance(days * DAY_MS);
  await scheduler.rotations.sweep();
  await fixture.settled();
  return rotations();
}

describe('CredentialRotations', () => {
  it('has a credential replaced at two thirds of its life, and not before', async () => {
    const scheduler = await started();
    await bayWith(scheduler, 'service_user');
    expect(await after(scheduler, 59)).toBe(0);
    expect(await after(scheduler, 1)).toBe(1);
  });

  it('asks once a day while a rotation has not come to its end', async () => {
    const scheduler = await started();
    await bayWith(scheduler, 'service_user');
    expect(await after(scheduler, 60)).toBe(1);
    expect(await after(scheduler, 0)).toBe(1);
    expect(await after(scheduler, 1)).toBe(2);
  });

  it('remembers what is due over a restart, and forgets what was revoked', async () => {
    const first = await started();
    await bayWith(first, 'service_user');
    await fixture.stop(first);
    const second = await started();
    await fixture.settled();
    expect(await after(second, 60)).toBe(1);
    await second.writeSide.bays.execute('b1', { type: 'CloseCredential', data: { operationId: 'x', name: 'jeroboam-b1-control-1', outcome: 'revoked' } }, contextOf('close'));
    await fixture.settled();
    await fixture.stop(second);
    expect(await after(await started(), 30)).toBe(1);
  });

  it('leaves a busy bay alone until it is not', async () => {
    const scheduler = await started();
    await bayWith(scheduler, 'service_user', false);
    expect(await after(scheduler, 60)).toBe(0);
  });

  it('tells once of what only a requester can make anew, and never asks for what would fail', async () => {
    const scheduler = await started();
    await bayWith(scheduler, 'app_cred');
    expect([await after(scheduler, 59), await expiring()]).toEqual([0, []]);
    for (const days of [1, 1, 40]) expect([await after(scheduler, days), await expiring()]).toEqual([0, ['jeroboam-b1-control-1']]);
  });

  it('tells of it also while the bay is busy, and after a restart', async () => {
    const first = await started();
    await bayWith(first, 'app_cred', false);
    await fixture.stop(first);
    const second = await started();
    await fixture.settled();
    expect([await after(second, 60), await expiring()]).toEqual([0, ['jeroboam-b1-control-1']]);
  });

  it.each(['service_user', 'app_cred'] as const)('forgets a bay that is gone, also where nobody revoked its credentials one by one (%s)', async (mode) => {
    const scheduler = await started();
    await bayWith(scheduler, mode);
    expect(scheduler.rotations.get('b1')).toBeDefined();
    const deleted = { type: 'BayDeleted', schemaVersion: 1, data: { bayId: 'b1', operationId: 'op-delete' } } as const;
    await scheduler.log.append('bay-b1', [{ ...deleted, ...contextOf('delete'), eventId: contextOf('deleted').commandId, occurredAt: fixture.clock.now().toISOString() }], 'any');
    await fixture.settled();
    expect(scheduler.rotations.get('b1')).toBeUndefined();
    await fixture.stop(scheduler);
    const next = await started();
    await fixture.settled();
    expect([next.rotations.get('b1'), await after(next, 80)]).toEqual([undefined, 0]);
  });
});
