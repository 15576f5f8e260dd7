import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/error.ts';
import type { DomainEvent } from '../kernel/event.ts';

/** A bay model (Magnum: cluster template), as it was validated at the door. Plain JSON, no secret. */
export interface BayModelSpec {
  readonly bayModelId: string;
  readonly name: string | null;
  readonly projectId: string;
  readonly userId: string;
  readonly coe: string;
  readonly imageId: string;
  readonly clusterDistro: string;
  readonly keypairId: string | null;
  readonly externalNetworkId: string | null;
  readonly fixedNetwork: string | null;
  readonly fixedSubnet: string | null;
  readonly networkDriver: string | null;
  readonly volumeDriver: string | null;
  readonly dockerStorageDriver: string | null;
  readonly dockerVolumeSize: number | null;
  readonly flavorId: string | null;
  readonly masterFlavorId: string | null;
  readonly dnsNameserver: string | null;
  readonly apiserverPort: number | null;
  readonly httpProxy: string | null;
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
  readonly insecureRegistry: string | null;
  readonly registryEnabled: boolean;
  readonly tlsDisabled: boolean;
  readonly public: boolean;
  readonly hidden: boolean;
  readonly masterLbEnabled: boolean;
  readonly floatingIpEnabled: boolean;
  readonly serverType: 'vm' | 'bm';
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: string | null;
  /** Name of the driver bays of this model get; null: resolved when a bay is created. */
  readonly driver: string | null;
}

/** What may be different later: everything but whose it is. */
export type BayModelChanges = Partial<Omit<BayModelSpec, 'bayModelId' | 'projectId' | 'userId'>>;

export type BayModelCommand =
  | Command<'CreateBayModel', { spec: BayModelSpec }>
  | Command<'ReviseBayModel', { bayModelId: string; changes: BayModelChanges }>
  | Command<'DeleteBayModel', { bayModelId: string }>;

export type BayModelEvent =
  | DomainEvent<'BayModelCreated', 1, { bayModelId: string; spec: BayModelSpec }>
  /** What bays are made from is different from here on; those already made keep their copy. Only what changed is in it. */
  | DomainEvent<'BayModelRevised', 1, { bayModelId: string; changes: BayModelChanges }>
  | DomainEvent<'BayModelDeleted', 1, { bayModelId: string }>;

export type BayModelState = { readonly phase: 'absent' | 'deleted' } | { readonly phase: 'present'; readonly spec: BayModelSpec };

export class BayModelNotFound extends DomainError {
  readonly code = 'BAY_MODEL_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`ClusterTemplate ${ident} could not be found.`, { bayModel: ident });
  }
}

export class BayModelAlreadyExists extends DomainError {
  readonly code = 'BAY_MODEL_ALREADY_EXISTS';
  readonly kind = 'conflict';
  constructor(bayModelId: string) {
    super(`A ClusterTemplate with UUID ${bayModelId} already exists.`, { bayModelId });
  }
}

export const bayModelDecider: Decider<BayModelState, BayModelCommand, BayModelEvent> = {
  initialState: () => ({ phase: 'absent' }),
  decide(command, state) {
    switch (command.type) {
      case 'CreateBayModel': {
        const { spec } = command.data;
        if (state.phase !== 'absent') throw new BayModelAlreadyExists(spec.bayModelId);
        return [{ type: 'BayModelCreated', schemaVersion: 1, data: { bayModelId: spec.bayModelId, spec } }];
      }
      case 'ReviseBayModel': {
        const { bayModelId } = command.data;
        if (state.phase !== 'present') throw new BayModelNotFound(bayModelId);
        const changes = differing(state.spec, command.data.changes);
        return Object.keys(changes).length === 0 ? [] : [{ type: 'BayModelRevised', schemaVersion: 1, data: { bayModelId, changes } }];
      }
      case 'DeleteBayModel':
        if (state.phase === 'absent') throw new BayModelNotFound(command.data.bayModelId);
        return state.phase === 'deleted' ? [] : [{ type: 'BayModelDeleted', schemaVersion: 1, data: command.data }];
      default: return unreachable(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'BayModelCreated': return { phase: 'present', spec: event.data.spec };
      case 'BayModelRevised': return state.phase === 'present' ? { ...state, spec: { ...state.spec, ...event.data.changes } } : state;
      case 'BayModelDeleted': return state.phase === 'present' ? { phase: 'deleted' } : state;
    }
  },
};

function differing(spec: BayModelSpec, changes: BayModelChanges): BayModelChanges {
  const names = (Object.keys(changes) as (keyof BayModelChanges)[]).filter((name) => !isSame(spec[name], changes[name]));
  return Object.fromEntries(names.map((name) => [name, changes[name]]));
}

type Value = BayModelChanges[keyof BayModelChanges];

/** The order of labels means nothing. */
function isSame(one: Value, other: Value): boolean {
  if (!isLabels(one) || !isLabels(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && one[name] === other[name]);
}

function isLabels(value: Value): value is BayModelSpec['labels'] {
  return typeof value === 'object' && value !== null;
}
