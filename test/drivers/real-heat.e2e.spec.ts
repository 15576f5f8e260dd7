import type { BaySpec } from '@jeroboam/domain';
import { BayLife } from '@jeroboam/driver-sdk/testing';
import * as k8s from '@jeroboam/driver-k8s-fedora-coreos';
import * as ironic from '@jeroboam/driver-k8s-fedora-ironic';
import * as mesos from '@jeroboam/driver-mesos-ubuntu';
import * as swarm from '@jeroboam/driver-swarm-fedora-atomic';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '@jeroboam/openstack/testing';
import { addNodeGroup, logIn, openOnCloud, specFor, withoutSignals } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';

// A real Heat checks every type and property of the templates; what would be made is stood in for.
let heat: RealHeat;
let cloud: CloudUnderTest;
beforeAll(async () => {
  heat = await RealHeat.start();
  cloud = withoutSignals(logIn(heat.authUrl, heat.member));
}, HEAT_START_TIMEOUT_MS);
afterAll(async () => {
  cloud?.session.close();
  await heat?.close();
});

const SERVERS = { image: 'an-image', flavor: 'm1.small' };

const FLOATING: [string, Partial<BaySpec>] = ['floating addresses of their own', { floatingIpEnabled: true }];
const BALANCED: [string, Partial<BaySpec>] = ['three masters behind a public balancer in a network that is there, volumes and a key', {
  masterLbEnabled: true, floatingIpEnabled: true, fixedNetwork: 'private', fixedSubnet: 'private-subnet', dockerVolumeSize: 5, keypair: 'default',
  labels: { boot_volume_size: '20', boot_volume_type: 'fast', availability_zone: 'nova' },
}];

const drivers = [
  { manifest: k8s.k8sFedoraCoreosV1, blueprint: k8s.blueprint, things: SERVERS, variants: [FLOATING, BALANCED] },
  { manifest: ironic.k8sFedoraIronicV1, blueprint: ironic.blueprint, things: { ...SERVERS, network: 'metal' }, variants: [FLOATING] },
  { manifest: swarm.swarmFedoraAtomicV1, blueprint: swarm.standaloneBlueprint, things: SERVERS, variants: [FLOATING, BALANCED] },
  { manifest: swarm.swarmFedoraAtomicV2, blueprint: swarm.blueprint, things: SERVERS, variants: [FLOATING, BALANCED] },
  { manifest: mesos.mesosUbuntuV1, blueprint: mesos.blueprint, things: SERVERS, variants: [FLOATING, BALANCED] },
];

/** Lives on a real Heat take minutes: every run has those of one driver, all of them `JEROBOAM_TEST_ALL_HEAT_DRIVERS=1`. */
const lives = process.env['JEROBOAM_TEST_ALL_HEAT_DRIVERS'] ? drivers : drivers.slice(0, 1);

it.each(drivers.flatMap(({ manifest, blueprint }) => blueprint.bundles.flatMap(({ version, files }) =>
  ['bay.yaml', 'node-group.yaml'].map((file) => [file, manifest.name, version, files] as const))))(
  'a real Heat takes %s of %s %s', async (file, _driver, _version, files) => {
    expect((await cloud.stacks.validate({ template: files[file]!, files })).parameters).toBeDefined();
  },
);

describe.each(lives)('$manifest.name $manifest.version on a real Heat', ({ manifest, blueprint, things, variants }) => {
  it('goes through its life: create, resize, a node group, delete', async () => {
    const opened = openOnCloud(blueprint, cloud);
    try {
      const life = new BayLife(opened.driver, manifest, { workers: 2, spec: specFor(manifest, things) });
      await life.run(life.creation());
      expect([...(await opened.nodes(life.bay))].sort()).toEqual(['default-master-0', 'default-worker-0', 'default-worker-1']);
      await life.run(life.resizing(2, ['default-worker-0']));
      expect(life.nodesOf('default-worker').map(({ name }) => name)).toEqual(['default-worker-1', 'default-worker-2']);
      const group = await addNodeGroup(life, { ...life.bay.nodeGroups[1]!, nodeGroupId: 'g2', name: 'more', isDefault: false, nodeCount: 1 });
      expect(life.nodesOf('more')).toHaveLength(1);
      expect(await opened.driver.health(group.bay, life.context(life.creation()))).toMatchObject({ status: 'HEALTHY', observedNodes: { more: 1 } });
      await group.remove();
      expect(life.ledger.entries()).toHaveLength(1);
      await life.run(life.deletion());
      expect({ ledger: life.ledger.entries(), outside: await opened.inventory(life.bay.spec.bayId) }).toEqual({ ledger: [], outside: [] });
    } finally {
      await opened.close();
    }
  }, 300_000);

  it.each<[string, Partial<BaySpec>]>(variants)('makes bays with %s', async (_what, more) => {
    const opened = openOnCloud(blueprint, cloud);
    try {
      const life = new BayLife(opened.driver, manifest, { masters: more.masterLbEnabled ? 3 : 1, workers: 1, spec: { ...specFor(manifest, things), ...more } });
      await life.run(life.creation());
      expect(life.bay.apiAddress).toMatch(/\d+\.\d+\.\d+\.\d+(:\d+)?$/);
      await life.run(life.deletion());
      expect(await opened.inventory(life.bay.spec.bayId)).toEqual([]);
    } finally {
      await opened.close();
    }
  }, 300_000);
});
