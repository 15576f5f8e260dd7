import type { MachineView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { nodeName, numberOf } from '../bay/members.ts';
import { hostsOf, stackEntryOf } from '../bay/names.ts';
import type { StepName } from '../plan.ts';
import { inCloud } from '../stack/reasons.ts';
import type { Work } from './work.ts';

/** Steps after which there are other machines than before. What a step that failed has made is told too. */
const TELLING: ReadonlySet<StepName> = new Set(['report-nodes', 'delete-node-group-stack', 'delete-node-group-stacks', 'delete-stack']);
/** How far back the first look goes, in milliseconds: Heat gives up every stack within a day. */
const FIRST_LOOK_MS = 25 * 60 * 60 * 1_000;

/** Does a step, and says besides what the cloud has metered of the bay: that is what it bills. */
export async function tellingMachines(name: StepName, work: Work, run: (work: Work) => Promise<StepResult>): Promise<StepResult> {
  let result: StepResult;
  try {
    result = await run(work);
  } catch (error) {
    throw await withMachines(error, work);
  }
  if (!TELLING.has(name)) return result;
  const machines = await machinesOf(work);
  return machines.length > 0 ? { ...result, machines } : result;
}

async function withMachines(error: unknown, work: Work): Promise<unknown> {
  const { bay, signal } = work.context;
  if (!(error instanceof StepFailed) || signal.aborted || bay.resources.length === 0) return error;
  const { message, retryable, blockedBy, cause } = error;
  try {
    return new StepFailed(message, { retryable, blockedBy, cause, machines: await machinesOf(work) });
  } catch {
    // Why the step failed matters more; the next one tells it.
    return error;
  }
}

/** The servers of the bay's stacks are known by their names, `<stack>-<role>-<number>`, also when the stack is gone. */
async function machinesOf({ cloud, context: { bay } }: Work): Promise<readonly MachineView[]> {
  const since = bay.machinesSince ?? new Date(Date.now() - FIRST_LOOK_MS).toISOString();
  const servers = (await inCloud(cloud.servers?.(bay.spec, since) ?? Promise.resolve(undefined))) ?? [];
  return bay.nodeGroups.flatMap((group) => {
    const name = hostsOf(stackEntryOf(bay, group).name, group);
    return servers.flatMap(({ id, name: server, from, to }): readonly MachineView[] => {
      const number = numberOf({ name }, server);
      return number === undefined ? [] : [{ machineId: id, node: nodeName(group, number), nodeGroup: group.name, from, to }];
    });
  });
}
