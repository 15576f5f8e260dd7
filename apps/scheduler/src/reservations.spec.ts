import { GROUPS, bayOf, contextOf, useSchedulers } from './testing/scheduler-fixture.ts';
import type { Scheduler } from './testing/scheduler-fixture.ts';

const fixture = useSchedulers();
const TTL = { reservationTtlMs: 60_000 };

/** What a create leaves that dies before the bay's first event. */
async function halfCreate({ writeSide }: Scheduler, bayId: string): Promise<void> {
  await writeSide.quotas.execute('p1', { type: 'ReserveBaySlot', data: { projectId: 'p1', bayId, defaultLimit: 20 } }, contextOf(`slot-${bayId}`));
}

async function started(): Promise<Scheduler> {
  const scheduler = fixture.scheduler(TTL);
  await scheduler.reactor.start();
  scheduler.reservations.start();
  return scheduler;
}

const typesOf = async () => (await fixture.events()).map(({ type }) => type);

describe('Reservations', () => {
  it('gives a slot back whose bay never came, and closes the bay’s id', async () => {
    const scheduler = await started();
    await halfCreate(scheduler, 'b1');
    await fixture.settled();
    await fixture.clock.advance(75_000);
    await fixture.settled();
    expect(await typesOf()).toEqual(['BaySlotReserved', 'BayCreationAbandoned', 'BaySlotReleased']);
    await expect(scheduler.commands.createBay(bayOf('b1'), GROUPS, contextOf('late'))).rejects.toMatchObject({ code: 'BAY_ALREADY_EXISTS' });
    expect((await scheduler.writeSide.quotas.load('p1')).state.slots.size).toBe(0);
  });

  it('leaves a slot alone before its time, and one whose bay is there for ever', async () => {
    const scheduler = await started();
    await scheduler.commands.createBay(bayOf('b1'), GROUPS, contextOf('create'));
    await fixture.clock.advance(30_000);
    await halfCreate(scheduler, 'b2');
    await fixture.settled();
    await fixture.clock.advance(45_000);
    await fixture.settled();
    expect(await typesOf()).not.toContain('BayCreationAbandoned');
  });

  it('remembers slots over a restart', async () => {
    const first = await started();
    await halfCreate(first, 'b1');
    await fixture.settled();
    await fixture.stop(first);
    await started();
    await fixture.settled();
    await fixture.clock.advance(75_000);
    await fixture.settled();
    expect(await typesOf()).toEqual(['BaySlotReserved', 'BayCreationAbandoned', 'BaySlotReleased']);
  });

  it('abandons nothing before everything in the log has been seen', async () => {
    const scheduler = fixture.scheduler(TTL);
    scheduler.reservations.reserved({ projectId: 'p1', bayId: 'b1', reservedAt: '2020-01-01T00:00:00.000Z' });
    await scheduler.reservations.sweep();
    expect(await typesOf()).toEqual([]);
  });

  it('tries again when the log was away', async () => {
    const scheduler = await started();
    await halfCreate(scheduler, 'b1');
    await fixture.settled();
    scheduler.log.failNextAppend({ written: false });
    await fixture.clock.advance(90_000);
    await fixture.settled();
    expect(await typesOf()).toEqual(['BaySlotReserved', 'BayCreationAbandoned', 'BaySlotReleased']);
  });
});
