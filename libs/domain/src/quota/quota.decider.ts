import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/error.ts';
import type { DomainEvent } from '../kernel/event.ts';

export type QuotaCommand =
  /** Takes a slot for a bay about to be created. `defaultLimit` holds where the project has no quota of its own. */
  | Command<'ReserveBaySlot', { projectId: string; bayId: string; defaultLimit: number }>
  | Command<'ReleaseBaySlot', { projectId: string; bayId: string }>
  /** Gives a project a quota of its own. Refused where it has one: who thinks there is none must not overwrite another's. */
  | Command<'CreateProjectQuota', { projectId: string; hardLimit: number }>
  /** Changes the quota a project has. */
  | Command<'SetProjectQuota', { projectId: string; hardLimit: number }>
  | Command<'RemoveProjectQuota', { projectId: string }>;

export type QuotaEvent =
  | DomainEvent<'BaySlotReserved', 1, { projectId: string; bayId: string; reservedAt: string }>
  | DomainEvent<'BaySlotReleased', 1, { projectId: string; bayId: string }>
  | DomainEvent<'ProjectQuotaSet', 1, { projectId: string; hardLimit: number }>
  | DomainEvent<'ProjectQuotaRemoved', 1, { projectId: string }>;

export interface QuotaState {
  /** The project's own limit; null: the default applies. */
  readonly hardLimit: number | null;
  /** Bays that hold a slot, with the time they took it. */
  readonly slots: ReadonlyMap<string, string>;
}

/** Magnum's words, section 3.3 of the wire contract. */
export class ResourceLimitExceeded extends DomainError {
  readonly code = 'RESOURCE_LIMIT_EXCEEDED';
  readonly kind = 'forbidden';
  constructor(limit: number) {
    super(`Resource limit exceeded: You have reached the maximum clusters per project, ${limit}. You may delete a cluster to make room for a new one.`, { limit });
  }
}

export class InvalidQuota extends DomainError {
  readonly code = 'INVALID_QUOTA';
  readonly kind = 'invalid';
  constructor(hardLimit: number) {
    super(`A hard limit is a whole number from 0, not ${hardLimit}.`, { hardLimit });
  }
}

/** Magnum's words, as are those of `QuotaNotFound`: section 2.6 of the wire contract. */
export class QuotaAlreadyExists extends DomainError {
  readonly code = 'QUOTA_ALREADY_EXISTS';
  readonly kind = 'conflict';
  constructor(projectId: string) {
    super(`Quota for project ${projectId} already exists for resource Cluster.`, { projectId });
  }
}

export class QuotaNotFound extends DomainError {
  readonly code = 'QUOTA_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(projectId: string, resource = 'Cluster') {
    super(`Quota could not be found: project_id ${projectId} resource ${resource}.`, { projectId, resource });
  }
}

/** A project's quota is a small stream of its own, so that parallel creates meet here and exactly the limit gets through. */
export const quotaDecider: Decider<QuotaState, QuotaCommand, QuotaEvent> = {
  initialState: () => ({ hardLimit: null, slots: new Map() }),
  decide(command, state) {
    switch (command.type) {
      case 'ReserveBaySlot': {
        const { projectId, bayId, defaultLimit } = command.data;
        if (state.slots.has(bayId)) return [];
        const limit = state.hardLimit ?? defaultLimit;
        if (state.slots.size >= limit) throw new ResourceLimitExceeded(limit);
        return [{ type: 'BaySlotReserved', schemaVersion: 1, data: { projectId, bayId, reservedAt: command.metadata.now } }];
      }
      case 'ReleaseBaySlot': return state.slots.has(command.data.bayId) ? [{ type: 'BaySlotReleased', schemaVersion: 1, data: command.data }] : [];
      case 'CreateProjectQuota': {
        if (state.hardLimit !== null) throw new QuotaAlreadyExists(command.data.projectId);
        return quotaSet(command.data);
      }
      case 'SetProjectQuota': {
        const { projectId, hardLimit } = command.data;
        if (state.hardLimit === null) throw new QuotaNotFound(projectId);
        return hardLimit === state.hardLimit ? [] : quotaSet(command.data);
      }
      case 'RemoveProjectQuota': {
        if (state.hardLimit === null) throw new QuotaNotFound(command.data.projectId);
        return [{ type: 'ProjectQuotaRemoved', schemaVersion: 1, data: command.data }];
      }
      default: return unreachable(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'BaySlotReserved': return { ...state, slots: new Map(state.slots).set(event.data.bayId, event.data.reservedAt) };
      case 'BaySlotReleased': return { ...state, slots: new Map([...state.slots].filter(([bayId]) => bayId !== event.data.bayId)) };
      case 'ProjectQuotaSet': return { ...state, hardLimit: event.data.hardLimit };
      case 'ProjectQuotaRemoved': return { ...state, hardLimit: null };
    }
  },
};

function quotaSet(data: { readonly projectId: string; readonly hardLimit: number }): readonly QuotaEvent[] {
  const { hardLimit } = data;
  if (!Number.isSafeInteger(hardLimit) || hardLimit < 0) throw new InvalidQuota(hardLimit);
  return [{ type: 'ProjectQuotaSet', schemaVersion: 1, data }];
}
