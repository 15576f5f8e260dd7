import type { BayView, OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { DriverManifest, PlannedStep } from '@jeroboam/driver-sdk';
import type { StepAssignment } from '@jeroboam/messaging';
import { purposesOf } from './bay-credentials.ts';
import type { BayCredentials } from './bay-credentials.ts';
import type { Waiting } from './credential-distribution.ts';
import type { CredentialLedger } from './credential-ledger.ts';

const MINT = 'mint-credentials';
const PROVE = 'prove-credentials';
const DISTRIBUTE = 'distribute-credentials';
const REVOKE_OLD = 'revoke-old-credentials';
const ALLOW_CLEAN_UP = 'allow-clean-up';
const REVOKE = 'revoke-credentials';
const NAMES = new Set([MINT, PROVE, DISTRIBUTE, REVOKE_OLD, ALLOW_CLEAN_UP, REVOKE]);

export type Needs = NonNullable<DriverManifest['needsCredentials']>;

/**
 * A driver's plan with the steps around it that make and take away what the bay has in Keystone. A rotation lets the driver
 * bring the new ones to where they are used, and nodes fetch them, before the old ones go.
 */
export function withCredentialSteps(kind: OperationView['kind'], bay: BayView, steps: readonly PlannedStep[], needs: Needs): readonly PlannedStep[] {
  const has = (bay.credentials?.length ?? 0) > 0;
  if (needs.length === 0 && !has) return steps;
  switch (kind) {
    case 'create': return [{ name: MINT }, ...steps];
    case 'rotate-credential': return [{ name: MINT }, { name: PROVE }, ...steps, { name: DISTRIBUTE }, { name: REVOKE_OLD }];
    case 'delete': return [...(has ? [{ name: ALLOW_CLEAN_UP }] : []), ...steps, { name: REVOKE }];
    default: return steps;
  }
}

/**
 * Does a step if it is one of those. @returns whether it was.
 * @throws {StepFailed} for now: this executor knows of no administrator of the cloud.
 */
export async function didCredentialStep(
  { bay, operation, step: { name }, deadlineAt }: Pick<StepAssignment, 'bay' | 'operation' | 'step' | 'deadlineAt'>,
  needs: Needs, ledger: CredentialLedger, credentials: BayCredentials | null, waiting: Waiting,
): Promise<boolean> {
  if (!NAMES.has(name)) return false;
  if (!credentials) throw new StepFailed('This executor has no administrator of the cloud (JEROBOAM_CLOUD_ADMIN_USER), who makes and revokes the credentials of bays', { retryable: true });
  const work = { bay, operation, ledger, ...(deadlineAt !== undefined && { deadlineAt }) };
  switch (name) {
    case MINT: await credentials.mint(work, operation.rotation?.purposes ?? [...new Set([...purposesOf(bay), ...needs])]); break;
    case PROVE: await credentials.prove(work); break;
    case DISTRIBUTE: await credentials.distribute(work, waiting); break;
    case REVOKE_OLD: await credentials.revokeOld(work); break;
    case ALLOW_CLEAN_UP: await credentials.allowCleanUp(work); break;
    default: await credentials.revokeAll(work);
  }
  return true;
}
