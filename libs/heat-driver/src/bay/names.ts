import { createHash } from 'node:crypto';
import type { BaySpec, BayView, NodeGroupView } from '@jeroboam/domain';
import type { LedgerEntry } from '@jeroboam/driver-sdk';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Letters and digits made of an id, always the same ones for the same id: 5 bits each. */
export function shortIdOf(id: string, length = 12): string {
  const digest = createHash('sha256').update(id).digest();
  return Array.from(digest.subarray(0, length), (byte) => BASE32[byte & 31]).join('');
}

/** As Magnum names them: the first 30 characters of the bay's name and a short id. Heat wants a letter first. */
export function bayStackName({ name, bayId }: Pick<BaySpec, 'name' | 'bayId'>): string {
  return `${plain(name, 30)}-${shortIdOf(bayId)}`;
}

/** As Magnum names them, and with the bay's short id: what is found outside has to say whose it is. */
export function groupStackName({ name, bayId }: Pick<BaySpec, 'name' | 'bayId'>, group: Pick<NodeGroupView, 'name' | 'nodeGroupId'>): string {
  return `${plain(name, 20)}-${plain(group.name, 9)}-${shortIdOf(bayId)}-${shortIdOf(group.nodeGroupId, 6)}`;
}

/** Every stack of a bay carries it, so that they are found where all records are lost. */
export function ownerTagOf({ bayId }: Pick<BaySpec, 'bayId'>): string {
  return `jeroboam-bay-${bayId}`;
}

/** Default node groups live in the bay's own stack, every other one in a stack of its own. */
export function stackEntryOf({ spec }: BayView, group: NodeGroupView): LedgerEntry {
  if (group.isDefault) return { resourceId: 'stack', type: 'heat-stack', name: bayStackName(spec) };
  return { resourceId: `stack/${group.nodeGroupId}`, type: 'heat-stack', name: groupStackName(spec, group) };
}

/** The servers of a group are called by this, a dash and their number in the stack. */
export function hostsOf(stack: string, { role }: Pick<NodeGroupView, 'role'>): string {
  return `${stack}-${role === 'master' ? 'master' : 'worker'}`;
}

function plain(name: string, length: number): string {
  const cleaned = name.toLowerCase().replaceAll(/[_.]/g, '-').replaceAll(/[^a-z0-9-]/g, '');
  const lettered = /^[a-z]/.test(cleaned) ? cleaned : `b${cleaned}`;
  return lettered.slice(0, length).replace(/-+$/, '');
}
