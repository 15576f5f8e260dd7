import type { BayView } from '@jeroboam/domain';
import type { BayHealth, DriverManifest, HealthContext } from '@jeroboam/driver-sdk';
import { aManifest } from '@jeroboam/driver-sdk/testing';
import type { Clock } from '@jeroboam/platform';

export const WELL: BayHealth = { status: 'HEALTHY', reason: { api: 'ok' }, observedNodes: { 'default-master': 1, 'default-worker': 2 } };

/** A driver whose looks at bays come to what the test says, and are all written down. */
export class ScriptedDriver {
  /** In order; `atMs` is of the test's clock. */
  readonly calls: { readonly bayId: string; readonly atMs: number }[] = [];
  /** What a look comes to. */
  health: (bay: BayView, context: HealthContext) => BayHealth | Promise<BayHealth> = () => WELL;
  readonly manifest: DriverManifest;

  constructor(clock: Clock) {
    const unasked = () => {
      throw new Error('telemetry only looks');
    };
    this.manifest = aManifest({
      name: 'swarm_local',
      create: () => ({
        availability: unasked,
        plan: unasked,
        run: unasked,
        health: async (bay, context) => {
          this.calls.push({ bayId: bay.spec.bayId, atMs: clock.now().getTime() });
          return this.health(bay, context);
        },
      }),
    });
  }

  callsTo(bayId: string): number {
    return this.calls.filter((call) => call.bayId === bayId).length;
  }
}
