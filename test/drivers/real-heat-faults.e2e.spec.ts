import { shortIdOf } from '@jeroboam/heat-driver';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '@jeroboam/openstack/testing';
import type { StandInFault } from '@jeroboam/openstack/testing';
import { logIn, openOnCloud, withoutSignals } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';
import type { HeatDriverUnderTest } from './heat-drivers.ts';
import { TriedLife } from './tried-life.ts';

const TIMEOUT_MS = 900_000;
const made = { type: 'OS::Nova::Server', action: 'create' } as const;
const FULL = { error: 'Forbidden', message: 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances (HTTP 403)' };

/** One bay of a driver, and what goes wrong with it and no other. */
class TroubledBay {
  readonly tried: TriedLife;
  readonly close: () => Promise<void>;
  betweenTries: (failures: number) => Promise<void> = async () => {};

  constructor({ manifest, blueprint, spec }: HeatDriverUnderTest, cloud: CloudUnderTest, readonly driver = `${manifest.name} ${manifest.version}`) {
    const opened = openOnCloud(blueprint, cloud);
    this.close = () => opened.close();
    this.tried = new TriedLife(opened, manifest, { workers: 1, spec, betweenTries: (failures) => this.betweenTries(failures) });
  }

  breaks(...faults: readonly StandInFault[]): void {
    heat.breaks(shortIdOf(this.tried.life.bay.spec.bayId), faults);
  }

  /** What the failed tries of an operation said, with the paths of what blocked them. */
  async said(operation: () => Promise<readonly Error[]>): Promise<readonly { readonly message: string; readonly blockedBy?: readonly string[] }[]> {
    const failures = await operation();
    this.breaks();
    this.betweenTries = async () => {};
    return failures.map((failure) => ({ message: failure.message, blockedBy: (failure as { blockedBy?: readonly string[] }).blockedBy ?? [] }));
  }
}

let heat: RealHeat;
let cloud: CloudUnderTest;
let bays: readonly TroubledBay[] = [];

// What the sandbox shows (heat-faults.e2e.spec.ts), in the words of a real Heat; all drivers at once, which wait for it together.
beforeAll(async () => {
  heat = await RealHeat.start();
  cloud = { ...withoutSignals(logIn(heat.authUrl, heat.member)), pace: { pollMs: 1_000, patienceMs: 120_000 } };
  bays = (await heatDrivers()).map((driver) => new TroubledBay(driver, cloud));
}, HEAT_START_TIMEOUT_MS);
afterAll(async () => {
  for (const bay of bays) await bay.close();
  cloud?.session.close();
  await heat?.close();
}, HEAT_START_TIMEOUT_MS);

/** By driver, so that a difference names it. */
async function ofEach<T>(tell: (bay: TroubledBay) => T): Promise<Readonly<Record<string, Awaited<T>>>> {
  return Object.fromEntries(await Promise.all(bays.map(async (bay) => [bay.driver, await tell(bay)] as const)));
}

const nodesOf = (group: string) => ofEach(({ tried }) => tried.life.nodesOf(group).length);
const all = <T>(value: T) => ofEach(() => value);
const times = <T>(count: number, what: T): readonly T[] => Array.from({ length: count }, () => what);

// One life: each test is the next operation of every bay.
describe('bays of every driver in a real Heat where things go wrong', () => {
  it('are made once their project has room again, after more tries than a failure that does not pass gets', async () => {
    const said = await ofEach((bay) => {
      bay.breaks({ ...made, ...FULL });
      bay.betweenTries = async (failures) => (failures === 4 ? bay.breaks() : undefined);
      return bay.said(() => bay.tried.create());
    });
    const full = /_FAILED: (masters|workers)\.0\.server \(OS::Nova::Server\) failed in the compute service: Forbidden: resources\.server: Quota exceeded for instances/;
    expect(said).toEqual(await all(times(4, expect.objectContaining({ message: expect.stringMatching(full) as string }))));
    expect(await nodesOf('default-worker')).toEqual(await all(1));
  }, TIMEOUT_MS);

  it('are resized once Heat is there again', async () => {
    await heat.kill();
    const allMissIt = Promise.withResolvers<void>();
    let missing = bays.length;
    const said = await ofEach((bay) => {
      bay.betweenTries = async (failures) => {
        if (failures !== 2) return;
        missing -= 1;
        if (missing === 0) allMissIt.resolve(heat.resume());
        await allMissIt.promise;
      };
      return bay.said(() => bay.tried.resize(2));
    });
    expect(said).toEqual(await all(times(2, expect.objectContaining({ message: expect.stringContaining('orchestration') as string }))));
    expect(await nodesOf('default-worker')).toEqual(await all(2));
  }, TIMEOUT_MS);

  it('get a node group although a server failed once, and another is slow', async () => {
    const said = await ofEach((bay) => {
      bay.breaks({ ...made, error: 'ResourceInError', message: 'No valid host was found', times: 1 }, { ...made, seconds: 2, times: 1 });
      return bay.said(() => bay.tried.addNodeGroup());
    });
    const failed = 'workers.0.server (OS::Nova::Server) failed in the compute service: ResourceInError';
    expect(said).toEqual(await all([expect.objectContaining({ message: expect.stringContaining(failed) as string })]));
    expect(await nodesOf('more')).toEqual(await all(1));
  }, TIMEOUT_MS);

  it.each([
    ['their node group', 'OS::Nova::Server', 'workers.0.server', (tried: TriedLife) => tried.deleteNodeGroup()],
    ['them', 'OS::Neutron::SecurityGroup', 'security_group', (tried: TriedLife) => tried.delete()],
  ] as const)('say what keeps %s from being deleted, and go on once that is gone', async (_what, type, path, remove) => {
    const said = await ofEach((bay) => {
      bay.breaks({ type, action: 'delete', error: 'Conflict', message: 'It is in use (HTTP 409)', times: 2 });
      return bay.said(() => remove(bay.tried));
    });
    const kept = { message: expect.stringContaining(`${path} (${type}) failed`) as string, blockedBy: [path] };
    // Machines have no security groups where nothing would enforce them: there nothing is in the way.
    expect(said).toEqual(await ofEach(({ driver }) => (type === 'OS::Neutron::SecurityGroup' && driver.startsWith('k8s_fedora_ironic') ? [] : times(2, kept))));
    const books = await ofEach(({ tried }) => tried.books());
    for (const { ledger, outside } of Object.values(books)) expect(ledger).toEqual(outside);
  }, TIMEOUT_MS);

  it('leave nothing behind', async () => {
    expect(await ofEach(({ tried }) => tried.books())).toEqual(await all({ ledger: [], outside: [] }));
  }, TIMEOUT_MS);
});
