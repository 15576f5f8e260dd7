import { aStream, anEvent, someEvents } from '../an-event.ts';
import { BatchRecorder } from './batch-recorder.ts';
import { collect, idsOf, useStore } from './store-fixture.ts';
import type { OpenHarness } from './store-fixture.ts';

/** Lets everything that is ready run; what has not happened by then waits for something else. */
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export function following(openHarness: OpenHarness): void {
  describe('following', () => {
    const store = useStore(openHarness);

    it('gives what is there, then what comes, in order and once', async () => {
      const recorder = new BatchRecorder();
      const before = someEvents(3);
      await store.log.append(aStream(), before, 'none');
      store.log.subscribe({}, recorder.handler);
      await recorder.until(({ events }) => events.length === 3);
      const live = someEvents(20);
      for (const event of live) await store.log.append(aStream(), [event], 'none');
      await recorder.until(({ events }) => events.length === 23);
      expect(idsOf(recorder.events)).toEqual(idsOf([...before, ...live]));
      expect(recorder.events).toEqual(await collect(store.log.readAll()));
    });

    it('starts on an empty log and sees its first event', async () => {
      const recorder = new BatchRecorder();
      store.log.subscribe({}, recorder.handler);
      await turns();
      expect(recorder.batches).toEqual([]);
      await store.log.append(aStream(), [anEvent()], 'none');
      await recorder.until(({ events }) => events.length === 1);
    });

    it('starts strictly after a position', async () => {
      const stream = aStream();
      await store.log.append(stream, someEvents(4), 'none');
      const all = await collect(store.log.readAll());
      for (const [index, { position }] of all.slice(0, -1).entries()) {
        const recorder = new BatchRecorder();
        store.log.subscribe({ after: position }, recorder.handler);
        await recorder.until(({ upTo }) => upTo === all.at(-1)!.position);
        expect(recorder.events).toEqual(all.slice(index + 1));
      }
    });

    it('starts at now when given the head', async () => {
      await store.log.append(aStream(), someEvents(3), 'none');
      const recorder = new BatchRecorder();
      store.log.subscribe({ after: (await store.log.head())! }, recorder.handler);
      const fresh = anEvent();
      await store.log.append(aStream(), [fresh], 'none');
      await recorder.until(({ events }) => events.length > 0);
      expect(idsOf(recorder.events)).toEqual([fresh.eventId]);
    });

    it('hands over at most batchSize events at a time', async () => {
      await store.log.append(aStream(), someEvents(10), 'none');
      await store.log.append(aStream(), someEvents(7), 'none');
      const recorder = new BatchRecorder();
      store.log.subscribe({ batchSize: 4 }, recorder.handler);
      await recorder.until(({ events }) => events.length === 17);
      expect(Math.max(...recorder.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(4);
      expect(recorder.events).toEqual(await collect(store.log.readAll()));
    });

    it('hands over at most 256 events at a time unless told', async () => {
      await store.log.append(aStream(), someEvents(600), 'none');
      const recorder = new BatchRecorder();
      store.log.subscribe({}, recorder.handler);
      await recorder.until(({ events }) => events.length === 600);
      expect(Math.max(...recorder.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(256);
    });

    it('may begin in the middle of a batch that was appended whole', async () => {
      await store.log.append(aStream(), someEvents(5), 'none');
      const all = await collect(store.log.readAll());
      const recorder = new BatchRecorder();
      store.log.subscribe({ after: all[1]!.position, batchSize: 2 }, recorder.handler);
      await recorder.until(({ events }) => events.length === 3);
      expect(recorder.events).toEqual(all.slice(2));
    });

    it('filters as reading does, and moves upTo past what it left out', async () => {
      const recorder = new BatchRecorder();
      const filter = { categories: ['bay'], types: ['A'] };
      await store.log.append(aStream('bay'), [anEvent({ type: 'A' }), anEvent({ type: 'B' })], 'none');
      const caughtUp = await store.log.append(aStream('project'), [anEvent({ type: 'A' })], 'none');
      store.log.subscribe(filter, recorder.handler);
      await recorder.until(({ upTo }) => upTo === caughtUp.position);
      const live = await store.log.append(aStream('project'), someEvents(3), 'none');
      await recorder.until(({ upTo }) => upTo === live.position);
      await store.log.append(aStream('bay'), [anEvent({ type: 'A' })], 'none');
      await recorder.until(({ events }) => events.length === 2);
      expect(recorder.events).toEqual(await collect(store.log.readAll(filter)));
    });

    it('loses and doubles nothing when taken up again at upTo', async () => {
      await store.log.append(aStream(), someEvents(9), 'none');
      const first = new BatchRecorder();
      const release = first.hold();
      const subscription = store.log.subscribe({ batchSize: 4 }, first.handler);
      await first.until(({ batches }) => batches.length === 1);
      const stopped = subscription.stop();
      release();
      await stopped;
      const second = new BatchRecorder();
      store.log.subscribe({ after: first.upTo!, batchSize: 4 }, second.handler);
      await second.until(({ events }) => first.events.length + events.length === 9);
      expect([...first.events, ...second.events]).toEqual(await collect(store.log.readAll()));
    });
  });

  handlers(openHarness);
}

function handlers(openHarness: OpenHarness): void {
  describe('calling a handler', () => {
    const store = useStore(openHarness);

    it('waits for a slow handler, calls it once at a time and slows no writer', async () => {
      const recorder = new BatchRecorder();
      const release = recorder.hold();
      store.log.subscribe({ batchSize: 2 }, recorder.handler);
      for (let round = 0; round < 10; round += 1) await store.log.append(aStream(), someEvents(3), 'none');
      await recorder.until(({ batches }) => batches.length === 1);
      await turns();
      expect(recorder.batches).toHaveLength(1);
      release();
      await recorder.until(({ events }) => events.length === 30);
      expect(recorder.events).toEqual(await collect(store.log.readAll()));
    });

    it('ends with what the handler threw, and harms no other subscription', async () => {
      const recorder = new BatchRecorder();
      const failure = new Error('the handler gave up');
      const failing = store.log.subscribe({}, async () => {
        throw failure;
      });
      store.log.subscribe({}, recorder.handler);
      await store.log.append(aStream(), [anEvent()], 'none');
      await expect(failing.done).rejects.toBe(failure);
      await failing.stop();
      await store.log.append(aStream(), [anEvent()], 'none');
      await recorder.until(({ events }) => events.length === 2);
    });

    it('waits on stop for the handler under way, and calls none afterwards', async () => {
      const recorder = new BatchRecorder();
      const release = recorder.hold();
      await store.log.append(aStream(), someEvents(4), 'none');
      const subscription = store.log.subscribe({ batchSize: 1 }, recorder.handler);
      await recorder.until(({ batches }) => batches.length === 1);
      let stopped = false;
      const stopping = subscription.stop().then(() => {
        stopped = true;
      });
      await turns();
      expect(stopped).toBe(false);
      release();
      await stopping;
      await expect(subscription.done).resolves.toBeUndefined();
      await turns();
      expect(recorder.batches).toHaveLength(1);
    });

    it('ends when the handler itself asks it to stop', async () => {
      await store.log.append(aStream(), someEvents(4), 'none');
      let calls = 0;
      const subscription = store.log.subscribe({ batchSize: 1 }, async () => {
        calls += 1;
        void subscription.stop();
      });
      await subscription.done;
      expect(calls).toBe(1);
    });

    it('shows a handler the events it appends itself', async () => {
      const stream = aStream();
      const recorder = new BatchRecorder();
      store.log.subscribe({ batchSize: 1 }, async (batch) => {
        if (batch.events[0]!.revision < 3) await store.log.append(stream, [anEvent()], 'any');
        await recorder.handler(batch);
      });
      await store.log.append(stream, [anEvent()], 'none');
      await recorder.until(({ events }) => events.length === 4);
    });

    it('finishes appends under way and ends subscriptions when the log is closed, also idle ones', async () => {
      const other = await store.another();
      const idle = other.subscribe({ types: ['Never'] }, async () => undefined);
      const recorder = new BatchRecorder();
      const release = recorder.hold();
      const busy = other.subscribe({}, recorder.handler);
      const appends = someEvents(10).map((event) => other.append(aStream(), [event], 'none'));
      await recorder.until(({ batches }) => batches.length === 1);
      const closing = other.close();
      release();
      await closing;
      await expect(Promise.all([idle.done, busy.done])).resolves.toEqual([undefined, undefined]);
      await expect(Promise.all(appends)).resolves.toHaveLength(10);
      expect(await collect(store.log.readAll())).toHaveLength(10);
    });
  });
}
