import type { BaySpec } from '@jeroboam/domain';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '@jeroboam/openstack/testing';
import { logIn, openOnCloud, withoutSignals } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';
import type { HeatDriverUnderTest } from './heat-drivers.ts';
import { expectMoved } from './newer-template.ts';
import { TriedLife } from './tried-life.ts';

const drivers = await heatDrivers();

/** Heat resolves all outputs for each look, so looking often makes it slow: it is one process with one thread. */
const PACE = { pollMs: 1_000, patienceMs: 120_000 };
/** For everything that was begun at once. */
const LIVES_TIMEOUT_MS = 900_000;

const BALANCED: Partial<BaySpec> = {
  masterLbEnabled: true, floatingIpEnabled: true, fixedNetwork: 'private', fixedSubnet: 'private-subnet', dockerVolumeSize: 5, keypair: 'default',
  labels: { boot_volume_size: '20', boot_volume_type: 'fast', availability_zone: 'nova' },
};

// A real Heat checks every type and property of the templates; what would be made is stood in for.
let heat: RealHeat;
let cloud: CloudUnderTest;
const running = new Map<string, Promise<void>>();

beforeAll(async () => {
  heat = await RealHeat.start();
  cloud = { ...withoutSignals(logIn(heat.authUrl, heat.member)), pace: PACE };
  // All at once: what one waits for Heat has done by the next look. Each test waits for its own.
  for (const driver of drivers) begin(`${keyOf(driver)} life`, () => wholeLife(driver));
  for (const driver of drivers.filter(isVirtual)) begin(`${keyOf(driver)} balanced`, () => balanced(driver));
}, HEAT_START_TIMEOUT_MS);
afterAll(async () => {
  await Promise.allSettled(running.values());
  cloud?.session.close();
  await heat?.close();
}, LIVES_TIMEOUT_MS);

const keyOf = ({ manifest }: HeatDriverUnderTest) => `${manifest.name} ${manifest.version}`;
const isVirtual = ({ manifest }: HeatDriverUnderTest) => manifest.provides[0]!.serverType === 'vm';

function begin(name: string, live: () => Promise<void>): void {
  const life = live();
  // Told by the test that waits for it.
  life.catch(() => undefined);
  running.set(name, life);
}

async function withLife({ manifest, blueprint, spec }: HeatDriverUnderTest, more: { masters?: number; workers: number; spec?: Partial<BaySpec> }, use: (life: TriedLife) => Promise<void>): Promise<void> {
  const opened = openOnCloud(blueprint, cloud);
  try {
    await use(new TriedLife(opened, manifest, { ...more, spec: { ...spec, ...more.spec } }));
  } finally {
    await opened.close();
  }
}

async function wholeLife(driver: HeatDriverUnderTest): Promise<void> {
  await withLife(driver, { workers: 1, spec: { floatingIpEnabled: true } }, async (tried) => {
    const { life } = tried;
    const workers = () => life.nodesOf('default-worker').map(({ name }) => name);
    expect(await tried.create()).toEqual([]);
    expect([workers(), life.bay.apiAddress]).toEqual([['default-worker-0'], expect.stringMatching(/\d+\.\d+\.\d+\.\d+(:\d+)?$/)]);
    expect(await tried.resize(1, ['default-worker-0'])).toEqual([]);
    expect(workers()).toEqual(['default-worker-1']);
    expect(await tried.addNodeGroup()).toEqual([]);
    expect(life.nodesOf('more').map(({ name }) => name)).toEqual(['more-0']);
    expect(await life.driver.health(tried.bay, life.context(life.creation()))).toMatchObject({ status: 'HEALTHY', observedNodes: { more: 1 } });
    await expectMoved(tried, cloud, driver.blueprint);
    expect(await tried.deleteNodeGroup()).toEqual([]);
    expect((await tried.books()).ledger).toHaveLength(1);
    expect(await tried.delete()).toEqual([]);
    expect(await tried.books()).toEqual({ ledger: [], outside: [] });
  });
}

async function balanced(driver: HeatDriverUnderTest): Promise<void> {
  const masters = Math.min(3, ...driver.manifest.capabilities.masterCounts.filter((count) => count > 1));
  await withLife(driver, { masters, workers: 1, spec: BALANCED }, async (tried) => {
    await tried.create();
    expect(tried.life.nodesOf('default-master')).toHaveLength(masters);
    await tried.delete();
    expect(await tried.books()).toEqual({ ledger: [], outside: [] });
  });
}

it.each(drivers.flatMap(({ manifest, blueprint }) => blueprint.bundles.flatMap(({ version, files }) =>
  ['bay.yaml', 'node-group.yaml'].map((file) => [file, manifest.name, version, files] as const))))(
  'a real Heat takes %s of %s %s', async (file, _driver, _version, files) => {
    expect((await cloud.stacks.validate({ template: files[file]!, files })).parameters).toBeDefined();
  }, LIVES_TIMEOUT_MS,
);

it.each(drivers.map(keyOf))('%s goes through its life on a real Heat: create, resize, a node group, a newer template, delete', async (key) => {
  await running.get(`${key} life`);
}, LIVES_TIMEOUT_MS);

it.each(drivers.filter(isVirtual).map(keyOf))('%s has three masters behind a public balancer in a network that is there, with volumes and a key', async (key) => {
  await running.get(`${key} balanced`);
}, LIVES_TIMEOUT_MS);
