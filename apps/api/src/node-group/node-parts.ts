import { InvalidNodeGroup } from '@jeroboam/domain';
import type { NodeTaint } from '@jeroboam/domain';
import { isObject, pythonStr, type Json } from '../wire/python-values.ts';

// What Magnum says of the labels and taints of a node group's nodes; it has them since release 23: contract section 2.3.

/** Names below these are Kubernetes' own... */
const RESERVED = ['kubernetes.io', 'k8s.io'];
/** ...but for these, which kubelets may set, */
const OPEN = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
/** and these, which every node has. */
const WELL_KNOWN = new Set([
  'kubernetes.io/arch', 'kubernetes.io/hostname', 'kubernetes.io/os', 'beta.kubernetes.io/arch', 'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type', 'node.kubernetes.io/windows-build',
  'failure-domain.beta.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export interface Owner {
  /** The node group's name. */
  readonly name: string;
  readonly role: string;
  readonly coe: string;
}

/** @throws {InvalidNodeGroup} */
export function nodeLabelsOf(value: Json, owner: Owner): Readonly<Record<string, string>> {
  const refuse = refusal('node_labels', owner);
  if (!isObject(value)) throw refuse('a map of texts is expected');
  const labels = Object.entries(value);
  if (labels.length > 0) requireNodesThatTake(owner, refuse);
  for (const [name, label] of labels) {
    if (typeof label !== 'string') throw refuse(`the value of ${name} must be a string`);
    if (name === '__proto__' || isReserved(name)) throw refuse(`${name} is in a restricted kubernetes namespace`);
  }
  return value as Readonly<Record<string, string>>;
}

/** @throws {InvalidNodeGroup} */
export function nodeTaintsOf(value: Json, owner: Owner): readonly NodeTaint[] {
  const refuse = refusal('node_taints', owner);
  if (!Array.isArray(value)) throw refuse('a list of taints is expected');
  if (value.length > 0) requireNodesThatTake(owner, refuse);
  return (value as readonly Json[]).map((taint, index) => taintOf(taint, `node_taints[${index}]`, refuse));
}

function taintOf(taint: Json, place: string, refuse: (explanation: string) => InvalidNodeGroup): NodeTaint {
  if (!isObject(taint)) throw refuse(`${place} must be an object`);
  const { key, value, effect, ...others } = taint;
  if (typeof key !== 'string' || key === '') throw refuse(`${place}.key is required`);
  if (value !== undefined && value !== null && typeof value !== 'string') throw refuse(`${place}.value must be a string`);
  if (typeof effect !== 'string' || !EFFECTS.includes(effect)) throw refuse(`${place}.effect must be one of ${EFFECTS.join(', ')}`);
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw refuse(`${place} has no ${pythonStr(stranger)}`);
  return { key, ...(typeof value === 'string' ? { value } : {}), effect };
}

function refusal(attribute: string, { name }: Owner): (explanation: string) => InvalidNodeGroup {
  return (explanation) => new InvalidNodeGroup(name, attribute, explanation);
}

function requireNodesThatTake({ role, coe }: Owner, refuse: (explanation: string) => InvalidNodeGroup): void {
  if (role === 'master') throw refuse('masters have none');
  if (coe !== 'kubernetes') throw refuse(`nodes of ${coe} have none`);
}

function isReserved(name: string): boolean {
  const [prefix] = name.split('/', 1);
  if (!name.includes('/') || WELL_KNOWN.has(name) || OPEN.includes(prefix!)) return false;
  return RESERVED.some((reserved) => prefix === reserved || prefix!.endsWith(`.${reserved}`));
}
