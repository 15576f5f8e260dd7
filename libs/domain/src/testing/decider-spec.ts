import { fold } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import type { DomainEvent } from '../kernel/event.ts';

/** Given/when/then for a decider: `deciderSpec(bayDecider).given(created).when(resize).then(resizeRequested)`. */
export function deciderSpec<S, C extends Command, E extends DomainEvent>(decider: Decider<S, C, E>) {
  return {
    given(...history: readonly E[]) {
      return {
        when(command: C) {
          const decide = () => decider.decide(command, fold(decider, history));
          return {
            /** Exactly these events follow. */
            then: (...events: readonly E[]) => expect(decide()).toEqual(events),
            /** It was so already. */
            thenNothing: () => expect(decide()).toEqual([]),
            thenRefused: (code: string) => expect(codeOf(decide)).toBe(code),
          };
        },
      };
    },
  };
}

function codeOf(decide: () => unknown): unknown {
  try {
    return { notRefused: decide() };
  } catch (refusal) {
    if (refusal instanceof Error && 'code' in refusal) return refusal.code;
    throw refusal;
  }
}

/** Folds what a decider makes of commands in turn; a refused command adds no event. */
export function replay<S, C extends Command, E extends DomainEvent>(decider: Decider<S, C, E>, commands: readonly C[], from = decider.initialState()): { state: S; events: E[] } {
  let state = from;
  const events: E[] = [];
  for (const command of commands) {
    for (const event of decided(decider, command, state)) {
      events.push(event);
      state = decider.evolve(state, event);
    }
  }
  return { state, events };
}

function decided<S, C extends Command, E extends DomainEvent>(decider: Decider<S, C, E>, command: C, state: S): readonly E[] {
  try {
    return decider.decide(command, state);
  } catch (refusal) {
    if (refusal instanceof Error && 'code' in refusal) return [];
    throw refusal;
  }
}
