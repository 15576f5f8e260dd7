import { derivedId, isDomainError } from '@jeroboam/domain';
import type { Command, CommandMetadata, Decider, DomainEvent, EventContext, NewEvent, Position } from '@jeroboam/domain';
import type { EventLog } from './event-log.port.ts';

/** An aggregate as far as its stream has been read. */
export interface Loaded<S> {
  readonly state: S;
  /** 0-based revision of the last event; -1 for a stream that does not exist. */
  readonly revision: number;
  /** Position of the last event; null for a stream that does not exist. */
  readonly position: Position | null;
}

export interface Executed<S, E> extends Loaded<S> {
  /** What this command added; empty where it was so already. */
  readonly events: readonly E[];
  /** Whether this very command left events, now or when it came before: what tells a repeat from a thing that was so already. */
  readonly carriedOut: boolean;
}

export interface AggregatesOptions<S, C extends Command, E extends DomainEvent> {
  readonly log: EventLog;
  readonly decider: Decider<S, C, E>;
  /** Category of the streams: `bay` makes `bay-<id>`. */
  readonly category: string;
  readonly now: () => Date;
  /** Aggregates kept in memory; the least recently used goes first. @default 10000 */
  readonly cacheSize?: number;
}

/** Times a decision is made anew because another writer came first. */
const MAX_TRIES = 10;
/** Command ids remembered per cached stream. */
const MAX_REMEMBERED = 1_000;

interface Cached<S> extends Loaded<S> {
  /** Ids of the last commands that left events here: the same one again is silence. */
  readonly commands: Set<string>;
}

/**
 * The one way a command becomes events: reads the stream, folds, decides, appends with the revision it decided on, and
 * starts over when another writer came first. Commands of one aggregate wait for each other within this process.
 */
export class Aggregates<S, C extends Command, E extends DomainEvent> {
  readonly #cache = new Map<string, Cached<S>>();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(private readonly options: AggregatesOptions<S, C, E>) {}

  /**
   * @param context.commandId the same id again adds nothing: event ids derive from it.
   * @throws the decider's refusal; {RevisionConflict} after 10 tries; {LogUnavailable} with the outcome unknown.
   */
  execute(id: string, command: Omit<C, 'metadata'>, context: EventContext): Promise<Executed<S, E>> {
    return this.#inTurn(id, () => this.#execute(id, command, context));
  }

  /** The aggregate as it stands now. */
  load(id: string): Promise<Loaded<S>> {
    return this.#inTurn(id, () => this.#load(id));
  }

  async #execute(id: string, command: Omit<C, 'metadata'>, context: EventContext): Promise<Executed<S, E>> {
    for (let attempt = 1; ; attempt += 1) {
      const metadata: CommandMetadata = { now: this.options.now().toISOString() };
      const { loaded, events } = await this.#decide(id, { ...command, metadata } as unknown as C, context.commandId);
      if (!events) return { ...loaded, events: [], carriedOut: true };
      if (events.length === 0) return { ...loaded, events, carriedOut: false };
      try {
        return await this.#append(id, loaded, events, context, metadata.now);
      } catch (error) {
        // Whatever it was, what we hold of the stream may be old now.
        this.#cache.delete(id);
        if (!isDomainError(error) || error.code !== 'REVISION_CONFLICT' || attempt >= MAX_TRIES) throw error;
      }
    }
  }

  /**
   * What follows from the command; `events` is undefined for one that was carried out before. What is remembered of the
   * aggregate is enough where something follows, since the append holds only on that very revision. To refuse, or to leave
   * it at that, takes the aggregate as it stands.
   */
  async #decide(id: string, command: C, commandId: string): Promise<{ loaded: Cached<S>; events: readonly E[] | undefined }> {
    const { decider } = this.options;
    const known = this.#cache.get(id);
    if (known && !known.commands.has(commandId)) {
      const events = unlessRefused(() => decider.decide(command, known.state));
      if (events.length > 0) return { loaded: known, events };
    }
    const loaded = await this.#load(id);
    return { loaded, events: loaded.commands.has(commandId) ? undefined : decider.decide(command, loaded.state) };
  }

  async #append(id: string, loaded: Cached<S>, events: readonly E[], context: EventContext, occurredAt: string): Promise<Executed<S, E>> {
    const stream = `${this.options.category}-${id}`;
    const written = events.map((event, index): NewEvent => ({ ...event, ...context, eventId: derivedId(context.commandId, stream, index), occurredAt }));
    const { revision, position, wereThere } = await this.options.log.append(stream, written, loaded.revision === -1 ? 'none' : loaded.revision);
    if (wereThere) {
      // This command was carried out before, maybe elsewhere: what it left there may tell other times than what was decided here.
      this.#cache.delete(id);
      return { ...(await this.#load(id)), events: [], carriedOut: true };
    }
    const state = events.reduce((folded, event) => this.options.decider.evolve(folded, event), loaded.state);
    const cached = { state, revision, position, commands: remember(loaded.commands, context.commandId) };
    this.#keep(id, cached);
    return { state, revision, position, events, carriedOut: true };
  }

  async #load(id: string): Promise<Cached<S>> {
    const known = this.#cache.get(id);
    // Events that others wrote since are caught by the revision at append; who only reads wants them too.
    let cached: Cached<S> = known ?? { state: this.options.decider.initialState(), revision: -1, position: null, commands: new Set() };
    for await (const event of this.options.log.readStream(`${this.options.category}-${id}`, { from: cached.revision + 1 })) {
      const state = this.options.decider.evolve(cached.state, event as unknown as E);
      cached = { state, revision: event.revision, position: event.position, commands: remember(cached.commands, event.commandId) };
    }
    this.#keep(id, cached);
    return cached;
  }

  #keep(id: string, cached: Cached<S>): void {
    this.#cache.delete(id);
    this.#cache.set(id, cached);
    const [oldest] = this.#cache.size > (this.options.cacheSize ?? 10_000) ? this.#cache.keys() : [];
    if (oldest !== undefined) this.#cache.delete(oldest);
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(() => undefined, () => undefined);
    this.#queues.set(id, settled);
    void settled.then(() => this.#queues.get(id) === settled && this.#queues.delete(id));
    return result;
  }
}

function unlessRefused<E>(decide: () => readonly E[]): readonly E[] {
  try {
    return decide();
  } catch (error) {
    if (isDomainError(error)) return [];
    throw error;
  }
}

function remember(commands: Set<string>, commandId: string): Set<string> {
  commands.add(commandId);
  const [oldest] = commands.size > MAX_REMEMBERED ? commands : [];
  if (oldest !== undefined) commands.delete(oldest);
  return commands;
}
