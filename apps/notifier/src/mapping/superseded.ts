import type { LiveBay, OperationKind } from '@jeroboam/domain';
import type { Draft } from '../message/draft.ts';
import { transition } from './bay-transitions.ts';
import type { Transition } from './bay-transitions.ts';
import type { Happening } from './happening.ts';

type OpenOperation = LiveBay['operations'][number];

/** What was told of the beginning of each kind of operation. */
const BEGUN: { readonly [K in OperationKind]: (nodeGroups: readonly string[]) => Pick<Transition, 'types' | 'groups'> } = {
  create: () => ({ types: ['magnum.cluster.create'], groups: { action: 'create', names: 'all' } }),
  delete: () => ({ types: ['magnum.cluster.delete'], groups: { action: 'delete', names: 'all' } }),
  resize: (names) => ({ types: ['magnum.cluster.resize'], groups: { action: 'update', names } }),
  upgrade: (names) => ({ types: ['magnum.cluster.upgrade'], groups: { action: 'update', names } }),
  'create-node-group': (names) => ({ types: ['magnum.cluster.update'], groups: { action: 'create', names } }),
  'update-node-group': (names) => ({ types: ['magnum.cluster.update'], groups: { action: 'update', names } }),
  'delete-node-group': (names) => ({ types: ['magnum.cluster.update'], groups: { action: 'delete', names } }),
  'rotate-ca': () => ({ types: ['magnum.certificate.rotate'] }),
  'rotate-credential': () => ({ types: ['magnum.credential.rotate'] }),
  extension: () => ({ types: ['magnum.cluster.update'] }),
};

/**
 * Ends for what was begun and will never end by itself, since a later request made it pointless (a delete during a resize):
 * every `.start` has an `.end` or an `.error`. Magnum says nothing of it, so there is no CADF notification.
 */
export function supersededBy(happening: Happening): readonly Draft[] {
  const { event, before, after } = happening;
  if (!before || !after || after.deletedMs !== null) return [];
  const own = 'operationId' in event.data ? event.data.operationId : undefined;
  const left = new Set(after.bay.operations.map(({ operationId }) => operationId));
  return before.bay.operations.filter(({ operationId }) => operationId !== own && !left.has(operationId)).flatMap((operation) => ended(happening, operation));
}

function ended(happening: Happening, { kind, nodeGroup, operationId, upgrade }: OpenOperation): readonly Draft[] {
  const names = upgrade?.nodeGroups ?? (nodeGroup === null ? [] : [nodeGroup]);
  return transition(happening, { phase: 'error', cadf: null, ...BEGUN[kind](names), reason: 'A later request took its place.', of: operationId });
}
