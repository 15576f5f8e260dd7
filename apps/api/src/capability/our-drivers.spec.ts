import { DriverRegistry } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';
import { FakeCloud } from '../testing/fake-cloud.ts';
import { ourDrivers } from '../testing/our-drivers.ts';

/** Images are named as their systems are. */
class CloudOfImages extends FakeCloud {
  override async image(ident: string) {
    return { id: `id-of-${ident}`, name: ident, osDistro: ident };
  }
}

const OVERLAYS = { vtep_subnet: '44.128.0.0/20', vtep_mac_oui: '70:B3:D5:00:00:00', overlays: [{ name: 'dcos', subnet: '9.0.0.0/8', prefix: 26 }] };
const KUBERNETES = { coe: 'kubernetes', image_id: 'fedora-coreos' };
const SWARM = { coe: 'swarm', image_id: 'fedora-atomic' };
const SWARM_MODE = { coe: 'swarm-mode', image_id: 'fedora-atomic' };
const DCOS = { coe: 'dcos', image_id: 'centos' };
const overlays = (change: object) => ({ dcos_overlay_network: JSON.stringify({ ...OVERLAYS, ...change }) });

describe('templates for our own drivers', () => {
  let api: ApiHarness;
  let manifests: readonly DriverManifest[];
  beforeAll(async () => {
    manifests = await ourDrivers();
    api = await ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry(manifests), lookups: new CloudOfImages() } });
  });
  afterAll(() => api.close());
  const create = (fields: object) => api.call('POST /v1/clustertemplates', { body: { external_network_id: 'public', flavor_id: 'm1.small', master_flavor_id: 'm1.small', ...fields } });

  it.each([
    { ...SWARM, volume_driver: 'fuxi' }, { ...SWARM, network_driver: 'kuryr', volume_driver: 'rexray', labels: { rexray_preempt: 'true' } },
    { ...SWARM, network_driver: 'flannel', labels: { flannel_backend: 'vxlan', flannel_network_subnetlen: '24', swarm_strategy: 'binpack' } },
    { ...SWARM_MODE, volume_driver: 'fuxi', network_driver: 'kuryr' }, { ...KUBERNETES, volume_driver: 'cinder', network_driver: 'calico' },
    { ...DCOS, volume_driver: 'rexray', labels: { dcos_overlay_enable: 'true', ...overlays({}), nobody_knows: 'this' } },
    { ...DCOS, labels: { dcos_overlay_enable: 'false', oauth_enabled: 'false', exhibitor_storage_backend: 'zookeeper', exhibitor_zk_hosts: '10.0.0.1:2181' } },
    // A plugin that was not chosen reads nothing.
    { ...KUBERNETES, network_driver: 'calico', labels: { flannel_backend: 'none such' } },
  ])('are taken: %j', async (fields) => {
    const { status, body } = await create(fields);
    expect({ status, ...body }).toMatchObject({ status: 201, ...fields });
  });

  it.each<[object, string]>([
    [{ ...KUBERNETES, volume_driver: 'fuxi' }, 'Volume driver type fuxi is not supported, expecting a cinder/unspecified volume driver.'],
    [{ ...KUBERNETES, network_driver: 'kuryr' }, 'Network driver type kuryr is not supported, expecting a flannel/calico/unspecified network driver.'],
    [{ ...DCOS, volume_driver: 'cinder' }, 'Volume driver type cinder is not supported, expecting a rexray/unspecified volume driver.'],
    [{ ...DCOS, docker_storage_driver: 'vfs' }, 'Docker storage driver vfs is not supported by driver dcos_centos: there are overlay, overlay2, devicemapper.'],
    [{ ...KUBERNETES, labels: { flannel_backend: 'none' } }, 'property "labels/flannel_backend" with value "none" is not supported, supported values are: vxlan, host-gw, udp, unspecified'],
    [{ ...SWARM, volume_driver: 'rexray', labels: { rexray_preempt: 'maybe' } }, 'property "labels/rexray_preempt" with value "maybe" is not supported, supported values are: true, false, unspecified'],
    [{ ...SWARM, network_driver: 'flannel', labels: { flannel_network_subnetlen: '31' } }, 'property "labels/flannel_network_subnetlen" with value "31" is not supported: it must match pattern'],
    [{ ...DCOS, labels: { dcos_overlay_enable: 'true' } }, 'property "labels/dcos_overlay_network" is required by the other labels'],
    [{ ...DCOS, labels: { dcos_overlay_network: 'dcos' } }, 'property "labels/dcos_overlay_network" with value "dcos" is not supported: it must be JSON'],
    [{ ...DCOS, labels: overlays({ vtep_subnet: undefined }) }, "it must be JSON whose whole must have required property 'vtep_subnet'"],
    [{ ...DCOS, labels: overlays({ overlays: [{ name: 'dcos', subnet: '9.0.0.0/8' }] }) }, "it must be JSON whose overlays/0 must have required property 'prefix'"],
    [{ ...DCOS, labels: { exhibitor_azure_account_key: 'hush' } }, 'property "labels/exhibitor_azure_account_key" is not supported'],
  ])('are refused with 400: %j', async (fields, detail) => {
    expect(errorOf(await create(fields))).toMatchObject({ status: 400, code: 'client', detail: expect.stringContaining(detail) });
  });

  it('cannot be changed into what would be refused', async () => {
    const { body } = await create({ ...DCOS, labels: { gc_delay: '2days' } });
    const patch = (checkTime: string) => api.call(`PATCH /v1/clustertemplates/${body.uuid}`, { body: [{ op: 'add', path: '/labels/check_time', value: checkTime }] });
    expect(errorOf(await patch('perhaps'))).toMatchObject({ status: 400, detail: expect.stringContaining('labels/check_time') });
    expect((await patch('true')).status).toBe(200);
  });

  it('do not let bays through whose own labels would be refused', async () => {
    const { body } = await create(DCOS);
    const bay = (labels: object) => api.call('POST /v1/clusters', { body: { cluster_template_id: body.uuid, keypair: 'testkey', labels } });
    expect(errorOf(await bay({ process_timeout: 'soon' }))).toMatchObject({ status: 400, detail: expect.stringContaining('labels/process_timeout') });
    expect((await bay({ process_timeout: '120', mine: 'too' })).status).toBe(202);
  });

  it('show in GET /v1/drivers what plugins there are, and what they need', async () => {
    const { body } = await api.call('GET /v1/drivers/swarm_fedora_atomic/1.0.0');
    expect(body.capabilities).toMatchObject({
      network_drivers: ['docker', 'flannel', 'kuryr'], volume_drivers: ['rexray', 'fuxi'], labels_schema: { properties: { swarm_strategy: {} } },
      plugins: expect.arrayContaining([expect.objectContaining({ kind: 'volume', name: 'fuxi', experimental: true, needs_credential: ['volume'] })]),
    });
  });

  it('find a plugin for every name that asks the cloud for something', () => {
    const asking = manifests.flatMap(({ name, capabilities: { plugins = [] } }) => plugins.filter(({ needsCredential }) => needsCredential).map((plugin) => `${name} ${plugin.name}`));
    expect([...new Set(asking)].sort()).toEqual([
      'dcos_centos rexray', 'k8s_fedora_coreos cinder', 'swarm_fedora_atomic fuxi', 'swarm_fedora_atomic kuryr', 'swarm_fedora_atomic rexray',
    ]);
  });
});
