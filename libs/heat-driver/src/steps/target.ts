import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { scopeOf } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { LedgerEntry, StepContext } from '@jeroboam/driver-sdk';
import { namedNumbers, rescaled } from '../bay/members.ts';
import type { Scale } from '../bay/members.ts';
import { stackEntryOf } from '../bay/names.ts';
import { MASTERS, WORKERS, scaleOf, scaleParameters } from '../stack/stack-change.ts';
import type { ScaleParameters } from '../stack/stack-change.ts';
import type { FoundStack } from '../stack/stack-service.port.ts';

/** The stack that an operation is about, and what it is to hold in the end. */
export interface Target {
  readonly entry: LedgerEntry;
  /** Null: the bay's own. */
  readonly nodeGroup: NodeGroupView | null;
  /** Those that live in it, as large as they are wanted. */
  readonly groups: readonly NodeGroupView[];
}

/** @throws {StepFailed} final: there is no such node group. */
export function targetOf({ bay, operation }: Pick<StepContext, 'bay' | 'operation'>): Target {
  const { nodeGroup: name } = scopeOf(operation);
  const wanted = bay.nodeGroups.map((group) => (group.name === operation.resize?.nodeGroup ? { ...group, nodeCount: operation.resize.nodeCount } : group));
  const group = wanted.find((each) => each.name === name) ?? null;
  if (name !== null && !group) throw new StepFailed(`there is no node group ${name}`, { retryable: false });
  return stackOf(bay, group, wanted);
}

/** Every stack of a bay, its own one first: the others need what that puts out. */
export function targetsOf(bay: BayView): readonly Target[] {
  const further = bay.nodeGroups.filter(({ isDefault }) => !isDefault);
  return [null, ...further].map((group) => stackOf(bay, group, bay.nodeGroups));
}

/** @param group null: that of the bay itself, in which the default groups live. */
function stackOf(bay: BayView, group: NodeGroupView | null, wanted: readonly NodeGroupView[]): Target {
  const own = group === null || group.isDefault;
  const defaults = wanted.filter(({ isDefault }) => isDefault);
  return { entry: stackEntryOf(bay, group ?? defaults[0]!), nodeGroup: own ? null : group, groups: own ? defaults : [group] };
}

export function scaleNames({ role }: NodeGroupView): ScaleParameters {
  return role === 'master' ? MASTERS : WORKERS;
}

/** Parameters for the sizes of the groups, all there is to change in a stack that is there. */
export function wantedScale(
  context: Pick<StepContext, 'bay' | 'operation'>, target: Target, found: FoundStack | undefined, busy?: ReadonlySet<number>,
): Record<string, unknown> {
  const parameters = target.groups.map((group) => {
    const current: Scale = found ? scaleOf(found, scaleNames(group)) : { count: group.nodeCount, removed: [] };
    return scaleParameters(rescaled(current, group.nodeCount, leaving(context, group, current), busy), scaleNames(group));
  });
  return Object.assign({}, ...parameters) as Record<string, unknown>;
}

export function leaving({ bay, operation: { resize } }: Pick<StepContext, 'bay' | 'operation'>, group: NodeGroupView, current: Scale): readonly number[] {
  return resize?.nodeGroup === group.name ? namedNumbers(group, resize.nodesToRemove, bay, current) : [];
}

/** Whether Heat has taken those sizes in. */
export function hasScale({ parameters }: FoundStack, wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([name, value]) => comparable(parameters[name]) === comparable(value));
}

/** Heat may print a list as it was given or as it understood it. */
function comparable(value: unknown): string {
  return ((JSON.stringify(value) ?? '').match(/\d+/g) ?? []).join(',');
}
