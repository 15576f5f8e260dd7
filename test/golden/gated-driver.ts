import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BayDriver, DriverManifest, PlannedStep, StepContext, StepResult } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

/** Variable that names the directory of the gates: a gate is open while a file of its name is there. */
export const GATES = 'GOLDEN_GATES';

/** Lets steps through that wait, or will wait, at a gate. */
export function openGate(directory: string, gate: string): void {
  writeFileSync(join(directory, gate), '');
}

/** Steps that wait until a test has looked: `network` for all bays, `nodes-<bay id>` for one, `delete` for all. */
function gateOf({ name }: PlannedStep, { bay, operation }: StepContext): string | undefined {
  if (operation.kind === 'delete') return 'delete';
  if (operation.kind !== 'create') return undefined;
  if (name === 'make-network') return 'network';
  return `nodes-${bay.spec.bayId}`;
}

async function throughGate(gate: string, signal: AbortSignal): Promise<void> {
  const path = join(process.env[GATES]!, gate);
  while (!existsSync(path)) await pause(10, undefined, { signal });
}

/** A bay has its outside names before it has nodes, as with Heat, which answers at once with the stack. */
function withNames(step: PlannedStep, result: StepResult, { bay, operation }: StepContext): StepResult {
  if (operation.kind !== 'create' || step.name !== 'make-network') return result;
  const stackId = `fake-${bay.spec.bayId}`;
  return { ...result, outputs: { ...result.outputs, stackId, discoveryUrl: `http://discovery.test/${stackId}` } };
}

function gated(driver: BayDriver): BayDriver {
  return {
    availability: () => driver.availability(),
    plan: (operation, bay) => driver.plan(operation, bay),
    health: (bay, context) => driver.health(bay, context),
    async run(step, context) {
      const gate = gateOf(step, context);
      if (gate !== undefined) await throughGate(gate, context.signal);
      return withNames(step, await driver.run(step, context), context);
    },
  };
}

/** The fake driver, for the bays that were asked of the recorded Magnum. */
export const drivers: readonly DriverManifest[] = [{
  ...fakeDriverManifest,
  name: 'golden',
  provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }],
  // Two masters, which no version of Magnum since 20 makes, because the recorded one made some.
  capabilities: {
    ...fakeDriverManifest.capabilities, networkDrivers: ['flannel', 'calico'], volumeDrivers: ['cinder'], masterCounts: [1, 2, 3],
  },
  create: (dependencies) => gated(fakeDriverManifest.create(dependencies)),
}];
