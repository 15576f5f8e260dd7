import { randomUUID } from 'node:crypto';
import { aStream, anEvent, someEvents } from '../an-event.ts';
import { collect, idsOf, useStore } from './store-fixture.ts';
import type { OpenHarness } from './store-fixture.ts';

export function appending(openHarness: OpenHarness): void {
  describe('appending', () => {
    const store = useStore(openHarness);

    it('answers with the revision and position of the last event written', async () => {
      const stream = aStream();
      const first = await store.log.append(stream, someEvents(2), 'none');
      const second = await store.log.append(stream, someEvents(3), 1);
      const events = await collect(store.log.readStream(stream));
      expect([first.revision, second.revision]).toEqual([1, 4]);
      expect([first.position, second.position]).toEqual([events[1]!.position, events[4]!.position]);
      expect(await store.log.head()).toBe(second.position);
    });

    it('keeps what the writer said, whole, and adds where and when', async () => {
      const stream = aStream();
      const event = anEvent({ driver: { name: 'swarm_local', version: '1.2.3' }, templateVersion: '4.5.6', causationId: randomUUID() });
      const bare = anEvent();
      await store.log.append(stream, [event, bare], 'none');
      const [withDriver, withoutDriver] = await collect(store.log.readStream(stream));
      const recording = { position: expect.any(String), recordedAt: expect.any(String), prevHash: expect.any(String), hash: expect.any(String) };
      expect(withDriver).toEqual({ ...event, stream, revision: 0, ...recording });
      expect(withoutDriver).toEqual({ ...bare, stream, revision: 1, ...recording });
      expect(new Date(withDriver!.recordedAt).toISOString()).toBe(withDriver!.recordedAt);
    });

    it('numbers each stream from 0 without gaps, whatever other streams do', async () => {
      const [one, other] = [aStream(), aStream()];
      for (let round = 0; round < 3; round += 1) {
        await store.log.append(one, someEvents(2), 'any');
        await store.log.append(other, someEvents(1), 'any');
      }
      const revisionsOf = async (stream: string) => (await collect(store.log.readStream(stream))).map(({ revision }) => revision);
      expect(await revisionsOf(one)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await revisionsOf(other)).toEqual([0, 1, 2]);
    });

    it.each([
      ['a revision behind the head', 0, 1],
      ['a revision ahead of the head', 7, 1],
      ['none for a stream that exists', 'none', 1],
      ['a revision of a stream that does not exist', 0, 'none'],
    ] as const)('refuses %s with REVISION_CONFLICT and writes nothing', async (_case, expected, actual) => {
      const stream = aStream();
      if (actual !== 'none') await store.log.append(stream, someEvents(2), 'none');
      const before = await store.log.head();
      const refusal = { code: 'REVISION_CONFLICT', kind: 'conflict', details: { stream, expected, actual } };
      await expect(store.log.append(stream, someEvents(2), expected)).rejects.toMatchObject(refusal);
      expect(await store.log.head()).toBe(before);
    });

    it('appends wherever the stream stands when any revision will do', async () => {
      const stream = aStream();
      expect((await store.log.append(stream, [anEvent()], 'any')).revision).toBe(0);
      expect((await store.log.append(stream, [anEvent()], 'any')).revision).toBe(1);
    });

    it('lets exactly one of two writers at the same revision through', async () => {
      const other = await store.another();
      const stream = aStream();
      await store.log.append(stream, [anEvent()], 'none');
      const outcomes = await Promise.allSettled([store.log, store.log, other].map((log) => log.append(stream, someEvents(2), 0)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('REVISION_CONFLICT');
      expect(await collect(store.log.readStream(stream))).toHaveLength(3);
    });

    it('takes many appends to one stream that are under way together', async () => {
      const stream = aStream();
      const events = someEvents(50);
      const answers = await Promise.all(events.map((event) => store.log.append(stream, [event], 'any')));
      const stored = idsOf(await collect(store.log.readStream(stream)));
      expect(answers.map(({ revision }) => stored[revision])).toEqual(idsOf(events));
    });

    it.each([
      ['an empty batch', []],
      ['an id that is no UUID', [anEvent({ eventId: 'first' })]],
      ['an upper-case id', [anEvent({ eventId: randomUUID().toUpperCase() })]],
      ['an event without data', [anEvent({ data: undefined })]],
      ['the same id twice in a batch', Array<ReturnType<typeof anEvent>>(2).fill(anEvent())],
    ])('calls %s a bug and writes nothing', async (_case, events) => {
      await expect(store.log.append(aStream(), events, 'any')).rejects.not.toHaveProperty('code');
      expect(await store.log.head()).toBeUndefined();
    });

    it.each([
      ['an empty name', ''],
      ['a control character', 'bay-\u0000'],
      ['half a surrogate pair', 'bay-\ud800'],
      ['201 characters', `bay-${'x'.repeat(197)}`],
    ])('calls %s a bug, not a stream name', async (_case, stream) => {
      await expect(store.log.append(stream, [anEvent()], 'any')).rejects.not.toHaveProperty('code');
    });

    it('is unavailable once closed', async () => {
      const other = await store.another();
      await other.close();
      await expect(other.append(aStream(), [anEvent()], 'none')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await expect(other.head()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await expect(collect(other.readAll())).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    });
  });

  appendingAgain(openHarness);
}

function appendingAgain(openHarness: OpenHarness): void {
  describe('appending the same events again', () => {
    const store = useStore(openHarness);

    it.each(['none', 'any', 0, 41] as const)('writes nothing, says so and where they are, also when expecting %j', async (expected) => {
      const stream = aStream();
      const events = someEvents(3);
      const first = await store.log.append(stream, events, 'none');
      expect(first.wereThere).toBe(false);
      expect(await store.log.append(stream, events, expected)).toEqual({ ...first, wereThere: true });
      expect(idsOf(await collect(store.log.readStream(stream)))).toEqual(idsOf(events));
    });

    it('answers with where they are after others appended behind them, from any instance', async () => {
      const other = await store.another();
      const stream = aStream();
      const mine = someEvents(2);
      const first = await store.log.append(stream, mine, 'none');
      await other.append(stream, someEvents(2), 1);
      for (const log of [store.log, other, await store.another()]) {
        expect(await log.append(stream, mine, 'none')).toEqual({ ...first, wereThere: true });
      }
      expect(await collect(store.log.readStream(stream))).toHaveLength(4);
    });

    it('answers with where they are although the caller decided on the present head', async () => {
      const stream = aStream();
      const mine = anEvent();
      const first = await store.log.append(stream, [mine], 'none');
      await store.log.append(stream, [anEvent()], 0);
      expect(await store.log.append(stream, [mine], 1)).toEqual({ ...first, wereThere: true });
    });

    it('writes at most once when the outcome of the first time is unknown', async () => {
      const stream = aStream();
      const events = someEvents(2);
      const hurried = store.log.append(stream, events, 'none', { timeoutMs: 0 }).catch((error: unknown) => error);
      const retried = await store.log.append(stream, events, 'none');
      expect([undefined, 'LOG_UNAVAILABLE']).toContain((await hurried as { code?: string }).code);
      expect(retried.revision).toBe(1);
      expect(idsOf(await collect(store.log.readAll()))).toEqual(idsOf(events));
    });

    it('writes once when the same append is sent many times at once from two instances', async () => {
      const other = await store.another();
      const stream = aStream();
      const events = someEvents(2);
      const answers = await Promise.all([store.log, other, store.log, other].map((log) => log.append(stream, events, 'none')));
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
      expect(idsOf(await collect(store.log.readAll()))).toEqual(idsOf(events));
    });

    it('appends only the rest when a batch begins with events the stream holds', async () => {
      const stream = aStream();
      const [held, fresh] = [anEvent(), anEvent()];
      await store.log.append(stream, [held], 'none');
      await expect(store.log.append(stream, [held, fresh], 'none')).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      expect(await store.log.append(stream, [held, fresh], 0)).toMatchObject({ revision: 1, wereThere: false });
      expect(idsOf(await collect(store.log.readStream(stream)))).toEqual(idsOf([held, fresh]));
    });

    it('refuses a batch whose order the stream cannot keep any more', async () => {
      const stream = aStream();
      const held = anEvent();
      await store.log.append(stream, [held], 'none');
      await expect(store.log.append(stream, [anEvent(), held], 'any')).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      expect(await collect(store.log.readStream(stream))).toHaveLength(1);
    });

    it('knows an id per stream: another stream may hold the same one', async () => {
      const event = anEvent();
      const [one, other] = [aStream(), aStream()];
      await store.log.append(one, [event], 'none');
      await store.log.append(other, [event], 'none');
      expect((await collect(store.log.readAll())).map(({ stream }) => stream)).toEqual([one, other]);
    });
  });
}
