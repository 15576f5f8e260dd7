import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventBatch } from '../../event-log.port.ts';

/** A subscription's handler that remembers, and checks on every call what must hold for any subscription. */
export class BatchRecorder {
  readonly batches: EventBatch[] = [];
  #running = 0;
  #waiting: { met: () => boolean; resolve: () => void }[] = [];
  #gate: Promise<void> = Promise.resolve();

  readonly handler = async (batch: EventBatch): Promise<void> => {
    this.#running += 1;
    if (this.#running > 1) throw new Error('two handler calls at once');
    this.#assertFollows(batch);
    this.batches.push(batch);
    this.#settle();
    await this.#gate;
    this.#running -= 1;
  };

  get events(): RecordedEvent[] {
    return this.batches.flatMap(({ events }) => events);
  }

  get upTo(): Position | undefined {
    return this.batches.at(-1)?.upTo;
  }

  /** Holds every handler call from now on until the returned function is called. */
  hold(): () => void {
    let release!: () => void;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** Resolves as soon as `met` holds after a batch has come in. */
  until(met: (recorder: this) => boolean): Promise<void> {
    if (met(this)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ met: () => met(this), resolve });
    });
  }

  #settle(): void {
    const [met, waiting] = [this.#waiting.filter((one) => one.met()), this.#waiting.filter((one) => !one.met())];
    this.#waiting = waiting;
    for (const { resolve } of met) resolve();
  }

  #assertFollows({ events, upTo }: EventBatch): void {
    const positions = [...(this.upTo === undefined ? [] : [this.upTo]), ...events.map(({ position }) => position)];
    const ordered = positions.every((position, index) => index === 0 || positions[index - 1]! < position);
    const last = positions.at(-1);
    if (!ordered || (last !== undefined && upTo < last)) throw new Error(`batch out of order: ${positions.join(' ')} up to ${upTo}`);
  }
}
