import type { OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { isCalled } from '../bay/bay-record.ts';
import { requireRecord, staying } from '../bay/bay-site.ts';
import { setRole } from '../swarm/swarm.ts';
import { managersOf } from './swarm-steps.ts';
import { guard } from './work.ts';
import type { Work } from './work.ts';

/** An engine becomes a manager, or stops being one, within a second or two. */
const ROLE_MS = 30_000;

const ROLES: Readonly<Record<string, 'manager' | 'worker'>> = { promote: 'manager', demote: 'worker' };

/** Makes a worker a manager of the swarm too, or a worker and nothing else. It stays in its node group. */
export async function changeRole(work: Work): Promise<StepResult> {
  const { wanted, role } = askedIn(work.context.operation);
  const record = requireRecord(work.names);
  const node = staying(record).find((each) => isCalled(each, wanted));
  if (node?.swarmId === undefined) throw new StepFailed(`there is no node ${wanted} in the swarm`, { retryable: false, blockedBy: [wanted] });
  if (node.role === 'master') throw new StepFailed(`${node.name} is a master, which is always a manager`, { retryable: false, blockedBy: [node.name] });
  const [manager] = await managersOf(work, record);
  guard(work);
  await setRole(manager!, node.swarmId, role, work.context.signal, ROLE_MS);
  return {};
}

function askedIn({ extension }: OperationView): { readonly wanted: string; readonly role: 'manager' | 'worker' } {
  const role = extension && Object.hasOwn(ROLES, extension.command) ? ROLES[extension.command] : undefined;
  const wanted = extension?.arguments['node'];
  if (!role || typeof wanted !== 'string') throw new StepFailed(`swarm_local has no command ${extension?.command ?? ''}`, { retryable: false });
  return { wanted, role };
}
