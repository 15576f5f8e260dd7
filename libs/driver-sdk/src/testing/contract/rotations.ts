import type { OperationView } from '@jeroboam/domain';
import { ISSUE_CANDIDATE_STEP, WITHDRAW_OLD_STEP } from '../../ca-rotation.ts';
import type { ClientIdentity } from '../../driver.contract.ts';
import { BayLife } from '../bay-life.ts';
import type { DriverHarness, OpenedDriver } from './driver-harness.ts';
import { expectLedgerComplete, expectNoSecrets, expectNodes, expectNothingLeft } from './findings.ts';

/** Somebody with a certificate of each authority, and with both CAs, as whoever is told of a rotation has. */
interface Clients {
  readonly old: ClientIdentity;
  readonly new: ClientIdentity;
}

/** The rules of a rotation of the bay's CA, in one life. Every step is run twice throughout. */
export function rotations({ manifest, open, spec, timeoutMs = 30_000 }: DriverHarness): void {
  let opened: OpenedDriver;
  let life: BayLife;

  beforeAll(async () => {
    opened = await open();
    life = new BayLife(opened.driver, manifest, { workers: 1, ...(spec ? { spec } : {}) });
    await life.run(life.creation());
  }, timeoutMs);
  afterAll(() => opened.close(), timeoutMs);

  it('says once when the old authority may go', () => {
    const names = life.plan(life.rotation()).map(({ name }) => name);
    expect(names[0]).toBe(ISSUE_CANDIDATE_STEP);
    expect(names.filter((name) => name === WITHDRAW_OLD_STEP)).toHaveLength(1);
    expect(new Set(names).size).toBe(names.length);
  });

  it(
    'lets clients of the old authority in until it is withdrawn, and those of the new one from then on',
    async () => {
      const { nodes } = life.bay;
      const clients = await rotate(opened, life, life.rotation());
      await expectAdmitted(opened, life, clients, { old: false, new: true });
      expect(life.bay.nodes).toEqual(nodes);
      await expectNodes(opened, life);
      await expectLedgerComplete(opened, life);
    },
    timeoutMs,
  );

  it(
    'serves with a certificate of the new authority, to those who know no other',
    async () => {
      const newcomer = await life.certificates.newClient();
      expect((await opened.admits?.(life.bay, newcomer)) ?? true).toBe(true);
      expect(await opened.driver.health(life.bay, life.context(life.rotation()))).toMatchObject({ status: 'HEALTHY' });
    },
    timeoutMs,
  );

  it(
    'takes up a rotation that was given up, by a new process',
    async () => {
      const givenUp = life.rotation();
      for (const step of life.plan(givenUp)) {
        if (step.name === WITHDRAW_OLD_STEP) break;
        await life.runStep(givenUp, step);
      }
      life.driver = opened.reopen();
      const clients = await rotate(opened, life, life.rotation());
      await expectAdmitted(opened, life, clients, { old: false, new: true });
    },
    timeoutMs,
  );

  it(
    'changes nothing when a whole rotation is run again',
    async () => {
      const rotation = life.rotation();
      const steps = life.plan(rotation);
      await life.runSteps(rotation, steps);
      const before = await opened.identities(life.bay.spec.bayId);
      // From the withdrawal on: what comes before it begins the next rotation.
      await life.runSteps(rotation, steps.slice(steps.findIndex(({ name }) => name === WITHDRAW_OLD_STEP)));
      expect(await opened.identities(life.bay.spec.bayId)).toEqual(before);
    },
    timeoutMs,
  );

  it(
    'leaves nothing behind when a bay is deleted in the middle of it',
    async () => {
      const rotation = life.rotation();
      await life.runSteps(rotation, life.plan(rotation).slice(0, 2));
      await life.run(life.deletion());
      await expectNothingLeft(opened, life);
      expectNoSecrets(life.said);
    },
    timeoutMs,
  );
}

async function rotate(opened: OpenedDriver, life: BayLife, operation: OperationView): Promise<Clients> {
  const old = await life.certificates.newClient();
  let clients: Clients | undefined;
  let withdrawn = false;
  for (const step of life.plan(operation)) {
    if (step.name === WITHDRAW_OLD_STEP) await expectAdmitted(opened, life, clients!, { old: true, new: true });
    withdrawn ||= step.name === WITHDRAW_OLD_STEP;
    await life.runSteps(operation, [step], { times: 2 });
    clients ??= await withNewcomer(old, life);
    await expectAdmitted(opened, life, clients, withdrawn ? { new: true } : { old: true });
  }
  return clients!;
}

async function withNewcomer(old: ClientIdentity, { certificates }: BayLife): Promise<Clients> {
  const newcomer = await certificates.newClient('candidate');
  return { old: { ...old, caPem: newcomer.caPem }, new: newcomer };
}

async function expectAdmitted(
  opened: OpenedDriver,
  { bay }: BayLife,
  clients: Clients,
  expected: Partial<Record<keyof Clients, boolean>>,
): Promise<void> {
  if (!opened.admits) return;
  const seen: Partial<Record<keyof Clients, boolean>> = {};
  for (const who of Object.keys(expected) as (keyof Clients)[]) seen[who] = await opened.admits(bay, clients[who]);
  expect(seen).toEqual(expected);
}

/** Whatever was cut off: who has what the bay's authority signs at this moment is let in. */
export async function expectWayIn(opened: OpenedDriver, { bay, certificates }: BayLife): Promise<void> {
  if (!opened.admits) return;
  expect(await opened.admits(bay, await certificates.newClient())).toBe(true);
}
