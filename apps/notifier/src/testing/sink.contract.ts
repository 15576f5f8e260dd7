import { encode, notificationId } from '../message/notification.ts';
import type { Message, Notification } from '../message/notification.ts';
import type { Sink } from '../sinks/sink.port.ts';

/** A sink, and the other side of it. */
export interface SinkHarness {
  readonly sink: Sink;
  /** Everything that the other side has taken, in its order: the notification's own JSON. */
  kept(): Promise<readonly string[]>;
  /** Takes the other side away, as a crash would. */
  breakDown(): Promise<void>;
  /** Brings it back with what it kept. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

let numbered = 0;

/** Plain notifications that tell themselves apart. */
export function someMessages(count: number, more: Partial<Notification> = {}): Message[] {
  return Array.from({ length: count }, () => {
    const number = (numbered += 1);
    const context = { projectId: 'p1', userId: 'u1', requestId: null, roles: [] };
    const payload = { tenant_id: 'p1', project_id: 'p1', user_id: 'u1', resource_id: 'r1', display_name: 'küche-日本', sequence: number };
    return encode({
      messageId: notificationId('contract', process.pid, number), eventType: 'magnum.cluster.update.end', priority: 'INFO', at: '2026-07-21T10:00:00.000Z', payload, context, ...more,
    }, 'container-infra.test');
  });
}

const texts = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);

/** What every sink keeps to. */
export function sinkContract(adapter: string, open: () => Promise<SinkHarness>): void {
  describe(`${adapter} keeps the Sink contract`, () => {
    let harness: SinkHarness;
    beforeAll(async () => {
      harness = await open();
    }, 90_000);
    afterAll(() => harness.close());

    it('keeps every message, whole and in order, of every priority', async () => {
      const messages = [...someMessages(3), ...someMessages(1, { priority: 'ERROR' }), ...someMessages(1, { priority: 'SAMPLE' })];
      await harness.sink.publish(messages);
      expect((await harness.kept()).toSorted()).toEqual(texts(messages).toSorted());
    });
    it('keeps the order of thousands at once', async () => {
      const messages = someMessages(3_000);
      await harness.sink.publish(messages);
      expect((await harness.kept()).slice(-3_000)).toEqual(texts(messages));
    });
    it('keeps what it has confirmed when the other side breaks down in the middle, says that it is away, and finds its way back', async () => {
      const confirmed: Message[] = [];
      const under = Promise.withResolvers<void>();
      const publishing = (async () => {
        for (;;) {
          const messages = someMessages(50);
          await harness.sink.publish(messages);
          if (confirmed.push(...messages) >= 500) under.resolve();
        }
      })();
      const outcome = publishing.catch((error: unknown) => error);
      await under.promise;
      await harness.breakDown();
      expect(await outcome).toMatchObject({ name: 'SinkUnavailable' });
      const lost = someMessages(10);
      await expect(harness.sink.publish(lost)).rejects.toMatchObject({ name: 'SinkUnavailable' });
      await harness.restore();
      // The first attempt may still meet what was left of the old connection.
      await harness.sink.publish(lost).catch(() => harness.sink.publish(lost));
      const after = someMessages(10);
      await harness.sink.publish(after);
      const kept = await harness.kept();
      const there = new Set(kept);
      expect(texts([...confirmed, ...lost, ...after]).filter((text) => !there.has(text))).toEqual([]);
      expect(kept.slice(-10)).toEqual(texts(after));
    }, 90_000);
    it('takes no more once it is closed, and closes although the other side is away', async () => {
      await harness.breakDown();
      await harness.sink.close();
      await expect(harness.sink.publish(someMessages(1))).rejects.toMatchObject({ name: 'SinkUnavailable' });
    });
  });
}
