import { SYSTEM_ACTOR, quotaDecider } from '@jeroboam/domain';
import type { EventContext } from '@jeroboam/domain';
import { Aggregates } from './aggregates.ts';
import { InMemoryEventLog, InMemoryStore } from './testing/in-memory-event-log.ts';

const now = () => new Date('2026-01-31T12:00:00.000Z');
const context = (commandId: string): EventContext => ({ actor: SYSTEM_ACTOR, requestId: 'req-1', commandId, correlationId: 'c1', causationId: null });
const reserve = (bayId: string, defaultLimit = 20) => ({ type: 'ReserveBaySlot' as const, data: { projectId: 'p1', bayId, defaultLimit } });
const release = (bayId: string) => ({ type: 'ReleaseBaySlot' as const, data: { projectId: 'p1', bayId } });

describe('Aggregates', () => {
  let store: InMemoryStore;
  let log: InMemoryEventLog;
  const open = (more: { cacheSize?: number } = {}) => new Aggregates({ log, now, decider: quotaDecider, category: 'quota', ...more });
  beforeEach(() => {
    store = new InMemoryStore();
    log = new InMemoryEventLog(store, now);
  });

  it('answers what a command added, where, and that it was carried out', async () => {
    const executed = await open().execute('p1', reserve('b1'), context('c1'));
    expect(executed).toMatchObject({ revision: 0, position: await log.head(), events: [{ type: 'BaySlotReserved' }], carriedOut: true });
  });

  it('tells the same command again from a thing that was so already, also after a restart', async () => {
    await open().execute('p1', reserve('b1'), context('c1'));
    const later = open();
    expect(await later.execute('p1', reserve('b1'), context('c1'))).toMatchObject({ revision: 0, events: [], carriedOut: true });
    expect(await later.execute('p1', reserve('b1'), context('c2'))).toMatchObject({ revision: 0, events: [], carriedOut: false });
  });

  it('adds nothing when a command comes again whose effect was undone since', async () => {
    const quotas = open();
    await quotas.execute('p1', reserve('b1'), context('c1'));
    await quotas.execute('p1', release('b1'), context('c2'));
    expect(await quotas.execute('p1', reserve('b1'), context('c1'))).toMatchObject({ revision: 1, events: [], carriedOut: true });
    expect(store.rows).toHaveLength(2);
  });

  it.each([true, false])('writes once when the outcome of the first try was unknown and it was written: %s', async (written) => {
    const quotas = open();
    log.failNextAppend({ written });
    await expect(quotas.execute('p1', reserve('b1'), context('c1'))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await quotas.execute('p1', reserve('b1'), context('c1'))).toMatchObject({ revision: 0, carriedOut: true });
    expect(store.rows).toHaveLength(1);
  });

  it('decides anew when another writer came first', async () => {
    const [one, other] = [open(), open()];
    const outcomes = await Promise.all([one, other].flatMap((quotas, at) => [1, 2, 3].map((n) => quotas.execute('p1', reserve(`b${at}${n}`), context(`c${at}${n}`)))));
    expect(outcomes.every(({ carriedOut }) => carriedOut)).toBe(true);
    expect((await one.load('p1')).state.slots.size).toBe(6);
  });

  it('reads what others wrote since', async () => {
    const [one, other] = [open(), open()];
    await one.execute('p1', reserve('b1'), context('c1'));
    await other.execute('p1', reserve('b2'), context('c2'));
    expect((await one.load('p1')).revision).toBe(1);
  });

  it('refuses only on what the log says now, not on what it remembers', async () => {
    const [one, other] = [open(), open()];
    await one.execute('p1', reserve('b1', 1), context('c1'));
    await other.execute('p1', release('b1'), context('c2'));
    expect(await one.execute('p1', reserve('b2', 1), context('c3'))).toMatchObject({ revision: 2, carriedOut: true });
  });

  it('knows a command again that another process carried out since, and takes over what that one left', async () => {
    const one = open();
    const later = () => new Date('2026-02-01T12:00:00.000Z');
    const other = new Aggregates({ log, now: later, decider: quotaDecider, category: 'quota' });
    await other.load('p1');
    await one.execute('p1', reserve('b1'), context('c1'));
    const again = await other.execute('p1', reserve('b1'), context('c1'));
    expect(again).toMatchObject({ revision: 0, events: [], carriedOut: true });
    expect(again.state).toEqual((await one.load('p1')).state);
  });

  it('gives the same answers when it remembers next to nothing', async () => {
    const quotas = open({ cacheSize: 1 });
    for (const project of ['p1', 'p2', 'p1']) await quotas.execute(project, reserve('b1'), context(`c-${project}`));
    expect([(await quotas.load('p1')).revision, (await quotas.load('p2')).revision]).toEqual([0, 0]);
  });

  it('goes on after a refusal', async () => {
    const quotas = open();
    const outcomes = await Promise.allSettled([quotas.execute('p1', reserve('b1', 0), context('c1')), quotas.execute('p1', reserve('b1'), context('c2'))]);
    expect(outcomes).toMatchObject([{ status: 'rejected', reason: { code: 'RESOURCE_LIMIT_EXCEEDED' } }, { status: 'fulfilled' }]);
  });
});
