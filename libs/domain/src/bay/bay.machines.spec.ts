import { fold } from '../kernel/decider.ts';
import { deciderSpec } from '../testing/decider-spec.ts';
import { WORKERS, commands, completeBay, events } from '../testing/bay.samples.ts';
import { bayDecider } from './bay.decider.ts';
import type { MachineView } from './bay.machines.ts';
import { machinesSince } from './bay.machines.ts';

const bay = deciderSpec(bayDecider);
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString();
const machine = (number: number, from: number, to: number | null = null): MachineView => ({
  machineId: `m${number}`, node: `default-worker-${number}`, nodeGroup: 'default-worker', from: at(from), to: to === null ? null : at(to),
});
const report = (...machines: MachineView[]) => commands.observe([], [], 'op-create', undefined, machines);

describe('what the infrastructure tells of a bay’s machines', () => {
  it('is recorded in the order in which they came up, before the nodes on them', () => {
    bay.given(events.requested()).when(commands.observe([WORKERS[0]], [], 'op-create', undefined, [machine(1, 9), machine(0, 3)]))
      .then(events.metered([machine(0, 3), machine(1, 9)]), events.joined(WORKERS[0]));
  });

  it('is recorded where no node ever joined', () => {
    bay.given(events.requested(), events.creationFailed()).when(report(machine(0, 3, 5))).then(events.metered([machine(0, 3, 5)]));
  });

  it('is recorded once, and once more when a machine is gone', () => {
    const known = [...completeBay, events.metered([machine(0, 3)]), events.metered([machine(1, 4, 6)])];
    bay.given(...known).when(report(machine(0, 3), machine(1, 4, 6))).then();
    bay.given(...known).when(report(machine(0, 3, 8), machine(1, 4, 6))).then(events.metered([machine(0, 3, 8)]));
    bay.given(...known, events.metered([machine(0, 3, 8)])).when(report(machine(0, 3), machine(1, 4, 6))).then();
  });

  it('is forgotten of machines that are gone for so long that no report names them', () => {
    const known = [...completeBay, events.metered([machine(0, 3, 5)]), events.metered([machine(1, 70)])];
    expect(fold(bayDecider, known)).toMatchObject({ machines: [machine(1, 70)], meteredAt: at(70) });
    bay.given(...known).when(report(machine(0, 3, 5), machine(1, 70))).then();
  });
});

describe('a report of machines', () => {
  it('goes back an hour behind what is known', () => {
    expect(machinesSince({ meteredAt: at(75) })).toBe(at(15));
    expect(machinesSince({ meteredAt: null })).toBeNull();
  });
});
