import type { NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import { membersOf, nodeName } from '../bay/members.ts';
import type { FoundStack } from '../stack/stack-service.port.ts';
import { scaleOf } from '../stack/stack-change.ts';
import { leaving, scaleNames, wantedScale } from './target.ts';
import type { Target } from './target.ts';
import type { Work } from './work.ts';

const NOBODY: ReadonlySet<number> = new Set();

/**
 * Parameters for the sizes of the groups, chosen so that those leave on which nothing runs. Once they are in the stack the
 * choice is made: looking again chooses nobody else.
 * @throws {StepFailed} final: too few have nothing to do, and none of the others was named.
 */
export async function scaleSparing(work: Work, target: Target, found: FoundStack | undefined): Promise<Record<string, unknown>> {
  const group = target.groups.find(({ name }) => name === work.context.operation.resize?.nodeGroup);
  if (!group || !found || !shrinks(group, found)) return wantedScale(work.context, target, found);
  const busy = await busyNumbers(work, found);
  const wanted = wantedScale(work.context, target, found, busy);
  refuseUnnamed(work, group, found, wanted, busy);
  return wanted;
}

function shrinks(group: NodeGroupView, found: FoundStack): boolean {
  return membersOf(scaleOf(found, scaleNames(group))).length > group.nodeCount;
}

async function busyNumbers({ blueprint, cloud, context: { bay, signal, log } }: Work, { name }: FoundStack): Promise<ReadonlySet<number>> {
  if (cloud.simulated || !blueprint.busyServers) return NOBODY;
  const prefix = `${name}-worker-`;
  try {
    const servers = await blueprint.busyServers(bay, signal);
    return new Set(servers.filter((server) => server.startsWith(prefix)).map((server) => Number(server.slice(prefix.length))));
  } catch (error) {
    signal.throwIfAborted();
    log.warn('a bay could not be asked which of its nodes work; the newest leave', { bayId: bay.spec.bayId, reason: String(error) });
    return NOBODY;
  }
}

function refuseUnnamed(work: Work, group: NodeGroupView, found: FoundStack, wanted: Readonly<Record<string, unknown>>, busy: ReadonlySet<number>): void {
  const names = scaleNames(group);
  const current = scaleOf(found, names);
  const named = leaving(work.context, group, current);
  const gone = new Set(String(wanted[names.removed ?? '']).match(/\d+/g)?.map(Number));
  const torn = membersOf(current).filter((number) => gone.has(number) && busy.has(number) && !named.includes(number));
  if (torn.length === 0) return;
  const nodes = torn.map((number) => nodeName(group, number));
  throw new StepFailed(`${nodes.join(', ')} would have to leave and still have work; name them in nodes_to_remove where that is meant`, { retryable: false, blockedBy: nodes });
}
