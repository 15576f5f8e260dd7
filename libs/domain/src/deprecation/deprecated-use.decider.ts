import type { Command, Decider } from '../kernel/decider.ts';
import type { DomainEvent } from '../kernel/event.ts';

/** How often one project used something deprecated through one client program. */
export interface DeprecatedUse {
  /** Id in the registry of what is deprecated, e.g. `endpoint:bays`. */
  readonly feature: string;
  readonly projectId: string;
  /** Name of the client program, without its version. */
  readonly client: string;
  readonly count: number;
}

/** `day` is one of UTC, e.g. `2026-11-23`. */
type UsesOfDay = { readonly day: string; readonly uses: readonly DeprecatedUse[] };

export type DeprecatedUseCommand = Command<'CountDeprecatedUse', UsesOfDay>;
/** What one API process saw since it last said so, not the total of the day. Feature, project and client together are there once. */
export type DeprecatedUseEvent = DomainEvent<'DeprecatedUseCounted', 1, UsesOfDay>;

/** Nothing is decided from what was counted before: adding up is for those who look. */
type DeprecatedUseState = Readonly<Record<string, never>>;

/** Streams are `deprecation-<day>`. */
export const deprecatedUseDecider: Decider<DeprecatedUseState, DeprecatedUseCommand, DeprecatedUseEvent> = {
  initialState: () => ({}),
  decide({ data }) {
    return data.uses.length === 0 ? [] : [{ type: 'DeprecatedUseCounted', schemaVersion: 1, data }];
  },
  evolve: (state) => state,
};
