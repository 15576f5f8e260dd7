import { HEAT_START_TIMEOUT_MS, RealHeat } from '@jeroboam/openstack/testing';
import { logIn, openOnCloud, withoutSignals } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';
import { TriedLife } from './tried-life.ts';

const TIMEOUT_MS = 600_000;
const SERVER = 'OS::Nova::Server';

// What the sandbox shows for every driver (heat-faults.e2e.spec.ts), in the words of a real Heat for one.
let heat: RealHeat;
let cloud: CloudUnderTest;
let tried: TriedLife;
let close: () => Promise<void>;
let betweenTries: (failures: number) => Promise<void>;

beforeAll(async () => {
  heat = await RealHeat.start();
  cloud = { ...withoutSignals(logIn(heat.authUrl, heat.member)), pace: { pollMs: 500, patienceMs: 120_000 } };
  const driver = (await heatDrivers()).find(({ manifest }) => manifest.name === 'k8s_fedora_coreos')!;
  const opened = openOnCloud(driver.blueprint, cloud);
  close = () => opened.close();
  tried = new TriedLife(opened, driver.manifest, { workers: 1, spec: driver.spec, betweenTries: (failures) => betweenTries(failures) });
}, HEAT_START_TIMEOUT_MS);
beforeEach(() => {
  betweenTries = async () => {};
});
afterEach(() => heat.breaks([]));
afterAll(async () => {
  await close?.();
  cloud?.session.close();
  await heat?.close();
}, HEAT_START_TIMEOUT_MS);

const said = (failures: readonly Error[]) => failures.map(({ message }) => message);
const blocked = (failures: readonly Error[]) => failures.map((failure) => (failure as unknown as { blockedBy: readonly string[] }).blockedBy);

// One life: each test is its next operation.
describe('a bay in a real Heat where things go wrong', () => {
  it('is made once its project has room again, after more tries than a failure that does not pass gets', async () => {
    heat.breaks([{ type: SERVER, action: 'create', error: 'Forbidden', message: 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances (HTTP 403)' }]);
    betweenTries = async (failures) => (failures === 4 ? heat.breaks([]) : undefined);
    const failures = await tried.create();
    expect(said(failures)).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(
      /_FAILED: (masters|workers)\.0\.server \(OS::Nova::Server\) failed in the compute service: Forbidden: resources\.server: Quota exceeded for instances/,
    )));
    expect(tried.life.nodesOf('default-worker')).toHaveLength(1);
  }, TIMEOUT_MS);

  it('is resized once Heat is there again', async () => {
    await heat.kill();
    betweenTries = async (failures) => (failures === 2 ? heat.resume() : undefined);
    const failures = await tried.resize(2);
    expect(said(failures)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('orchestration')));
    expect(tried.life.nodesOf('default-worker')).toHaveLength(2);
  }, TIMEOUT_MS);

  it('gets a node group although a server failed once, and another is slow', async () => {
    heat.breaks([{ type: SERVER, action: 'create', error: 'ResourceInError', message: 'No valid host was found', times: 1 }, { type: SERVER, action: 'create', seconds: 2, times: 1 }]);
    const failures = await tried.addNodeGroup();
    expect(said(failures)).toEqual([expect.stringContaining('workers.0.server (OS::Nova::Server) failed in the compute service: ResourceInError')]);
    expect(tried.life.nodesOf('more')).toHaveLength(1);
  }, TIMEOUT_MS);

  it.each([['a node group', SERVER, 'workers.0.server', () => tried.deleteNodeGroup()], ['the bay', 'OS::Neutron::SecurityGroup', 'security_group', () => tried.delete()]] as const)(
    'says what keeps %s from being deleted, and goes on once that is gone', async (_what, type, path, remove) => {
      heat.breaks([{ type, action: 'delete', error: 'Conflict', message: 'It is in use (HTTP 409)', times: 2 }]);
      const failures = await remove();
      expect(said(failures)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining(`${path} (${type}) failed`)));
      expect(blocked(failures)).toEqual([[path], [path]]);
      const { ledger, outside } = await tried.books();
      expect(ledger).toEqual(outside);
    }, TIMEOUT_MS,
  );

  it('leaves nothing behind', async () => {
    expect(await tried.books()).toEqual({ ledger: [], outside: [] });
  }, TIMEOUT_MS);
});
