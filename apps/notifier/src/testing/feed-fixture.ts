import type { JeroboamEvent } from '@jeroboam/domain';
import { InMemoryEventLog, InMemoryStore } from '@jeroboam/event-log/testing';
import { Metrics } from '@jeroboam/platform';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';
import { Cursor } from '../feed/cursor.ts';
import { Notifier } from '../notifier.ts';
import type { NotifierConfig } from '../notifier.config.ts';
import type { Sink } from '../sinks/sink.port.ts';
import { DEFAULT_CONFIG } from './default-config.ts';
import { happen } from './history.ts';

/** A log, a clock and cursors of one test; notifiers come and go on them. */
export class FeedFixture {
  readonly clock: FakeClock;
  readonly store = new InMemoryStore();
  readonly log: InMemoryEventLog;
  readonly logger = recordingLogger();
  readonly metrics = new Metrics();
  readonly #started = new Set<Notifier>();

  private constructor(readonly readModel: ReadModel, start: string) {
    this.clock = new FakeClock(start);
    this.log = new InMemoryEventLog(this.store, () => this.clock.now());
  }

  static async open(start = '2026-07-21T10:00:00.000Z'): Promise<FeedFixture> {
    return new FeedFixture(await openSqliteReadModel({ path: ':memory:' }), start);
  }

  /** @param life `abandoned`: its process "was killed"; nobody stops it, and nothing of it may go on. */
  notifier(sinks: readonly Sink[], config: Partial<NotifierConfig> = {}, readModel = this.readModel, life: 'stopped' | 'abandoned' = 'stopped'): Notifier {
    const { clock, logger, metrics } = this;
    const eventLog = new InMemoryEventLog(this.store, () => clock.now());
    const notifier = new Notifier({ eventLog, cursors: readModel, clock, timers: clock, logger, metrics, config: { ...DEFAULT_CONFIG, ...config } }, sinks);
    if (life === 'stopped') this.#started.add(notifier);
    notifier.start();
    return notifier;
  }

  happen(...events: readonly JeroboamEvent[]): Promise<void> {
    return happen(this.log, this.clock, events);
  }

  /** Resolves when the sink's cursor stands at the end of the log; where it waits, `passingMs` milliseconds pass at a time. */
  async settled(sink: string, passingMs = 0): Promise<void> {
    const { consumer } = new Cursor(sink, this.readModel);
    for (let turn = 1; turn < 100_000; turn += 1) {
      if ((await this.readModel.checkpoint(consumer)) === ((await this.log.head()) ?? '')) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (passingMs > 0 && turn % 20 === 0) await this.clock.advance(passingMs);
    }
    throw new Error(`the feed of ${sink} never reached the end of the log`);
  }

  /** Resolves when something has become so, while `passingMs` milliseconds pass at a time. */
  async until(isSo: () => boolean, passingMs = 0): Promise<void> {
    for (let turn = 1; turn < 100_000; turn += 1) {
      if (isSo()) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (passingMs > 0 && turn % 20 === 0) await this.clock.advance(passingMs);
    }
    throw new Error(`it never came: ${String(isSo)}`);
  }

  async close(): Promise<void> {
    for (const notifier of this.#started) await notifier.stop();
    await this.readModel.close();
  }
}
