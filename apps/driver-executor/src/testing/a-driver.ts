import { randomUUID } from 'node:crypto';
import type { OperationView, StepView } from '@jeroboam/domain';
import type { Availability, BayDriver, DriverManifest, StepContext, StepResult } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, aManifest } from '@jeroboam/driver-sdk/testing';
import type { StepAssignment } from '@jeroboam/messaging';

export interface DriverOf {
  readonly run?: (context: StepContext) => Promise<StepResult>;
  readonly steps?: readonly string[];
  readonly availability?: () => Promise<Availability>;
}

/** A driver that does what the test says. */
export function aDriver({ run = async () => ({}), steps = ['make'], availability = async () => ({ available: true }) }: DriverOf = {}, manifest: Partial<DriverManifest> = {}): DriverManifest {
  const driver: BayDriver = {
    availability,
    plan: () => steps.map((name) => ({ name })),
    run: (_step, context) => run(context),
    health: async () => ({ status: 'HEALTHY', reason: {} }),
  };
  return aManifest({ ...manifest, create: () => driver });
}

/** One step of a bay of the driver's, leased under token 3. */
export function anAssignment(name: string, more: { kind?: OperationView['kind']; attempt?: number; resources?: StepAssignment['bay']['resources']; hadResources?: boolean } = {}): StepAssignment {
  const step: StepView = { name };
  const spec = aBaySpec(aManifest(), { bayId: randomUUID() });
  return {
    lease: { operationId: 'op-1', step: name, attempt: more.attempt ?? 1, token: 3 },
    bay: { ...aBay(spec), resources: more.resources ?? [], ...(more.hadResources !== undefined && { hadResources: more.hadResources }) },
    operation: { operationId: 'op-1', kind: more.kind ?? 'create', bayId: spec.bayId },
    step,
  };
}

/** Until everything that is ready to go on has gone on. */
export function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
