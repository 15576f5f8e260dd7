import type { DomainEvent } from './event.ts';

/** What a decider may know of the world outside its stream: handed in, never looked up. */
export interface CommandMetadata {
  /** The moment of decision, RFC 3339 UTC with milliseconds. */
  readonly now: string;
}

export interface Command<T extends string = string, D = unknown> {
  readonly type: T;
  readonly data: D;
  readonly metadata: CommandMetadata;
}

/**
 * An aggregate: `decide` gives the events that follow from a command or throws a typed refusal, `evolve` applies one
 * fact and never refuses. Both are pure. Asking for what is already so gives `[]`.
 */
export interface Decider<S, C extends Command, E extends DomainEvent> {
  initialState(): S;
  decide(command: C, state: S): readonly E[];
  evolve(state: S, event: E): S;
}

export function fold<S, E extends DomainEvent>(decider: Pick<Decider<S, never, E>, 'initialState' | 'evolve'>, events: Iterable<E>): S {
  let state = decider.initialState();
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** Closes a `switch` over a union: a case left out does not compile; one that slips in at run time is a bug. */
export function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
