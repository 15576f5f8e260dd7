import type { ReadModel } from '@jeroboam/read-model';
import type { Message } from '../message/notification.ts';
import type { Sink } from '../sinks/sink.port.ts';
import { FeedFixture } from '../testing/feed-fixture.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { happenAtRandom, randomOf } from '../testing/random-history.ts';

const TRANSITIONS = 10_000;
const CRASHES = 200;
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Everything that a broker was given, by all the notifiers there ever were. */
interface Given {
  readonly texts: Map<string, string>;
  total: number;
  /** Messages that came a second time with other bytes. */
  readonly changed: string[];
}

/** What the process was at when it ended: none of it ever comes back. */
const NEVER = new Promise<never>(() => undefined);

/** Ends "the process" at a random one of its dealings with the world: in the middle of sending, before or after a commit. */
class Doom {
  readonly crashed = Promise.withResolvers<void>();
  #left: number;
  inFlight = 0;

  constructor(private readonly random: () => number) {
    this.#left = Math.floor(random() * 4);
  }

  comes(): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return false;
    }
    this.crashed.resolve();
    return true;
  }

  part(count: number): number {
    return Math.floor(this.random() * (count + 1));
  }
}

function doomedSink(given: Given, doom: Doom): Sink {
  return {
    name: 'memory',
    async publish(messages) {
      doom.inFlight = 0;
      const isLast = doom.comes();
      const arriving = isLast ? messages.slice(0, doom.part(messages.length)) : messages;
      for (const message of arriving) give(given, message);
      doom.inFlight = arriving.length;
      if (isLast) await NEVER;
    },
    close: async () => undefined,
  };
}

function give(given: Given, { messageId, text }: Message): void {
  const before = given.texts.get(messageId);
  if (before !== undefined && before !== text) given.changed.push(messageId);
  given.texts.set(messageId, text);
  given.total += 1;
}

function doomedReadModel(readModel: ReadModel, doom: Doom): ReadModel {
  const commit: ReadModel['commit'] = async (...args) => {
    const isLast = doom.comes();
    const isWritten = !isLast || doom.part(1) === 1;
    const done = isWritten ? await readModel.commit(...args) : false;
    if (isWritten) doom.inFlight = 0;
    return isLast ? NEVER : done;
  };
  return new Proxy(readModel, { get: (target, key) => (key === 'commit' ? commit : (Reflect.get(target, key) as (...args: unknown[]) => unknown).bind(target)) });
}

describe(`a notifier that is killed ${CRASHES} times at random in ${TRANSITIONS} transitions`, () => {
  it(`tells of every one of them, and what it tells again is the same, byte for byte (SEED=${SEED})`, async () => {
    const fixture = await FeedFixture.open();
    await happenAtRandom(fixture.log, fixture.clock, { seed: SEED, events: TRANSITIONS, stepMs: 10_000 });
    const reference = new MemorySink('reference');
    fixture.notifier([reference]);
    await fixture.settled('reference');

    const random = randomOf(SEED + 1);
    const given: Given = { texts: new Map(), total: 0, changed: [] };
    let inFlight = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const doom = new Doom(random);
      fixture.notifier([doomedSink(given, doom)], {}, doomedReadModel(fixture.readModel, doom), 'abandoned');
      // There is more to tell than so many crashes let through: each of them comes.
      await doom.crashed.promise;
      inFlight += doom.inFlight;
    }
    const last = new MemorySink();
    fixture.notifier([last]);
    await fixture.settled('memory');
    for (const message of last.messages) give(given, message);

    expect(given.changed).toEqual([]);
    const expected = new Map(reference.messages.map(({ messageId, text }) => [messageId, text]));
    expect(expected.size).toBe(reference.messages.length);
    expect(given.texts).toEqual(expected);
    expect(given.total - given.texts.size).toBeLessThanOrEqual(inFlight);
    await fixture.close();
  }, 120_000);
});
