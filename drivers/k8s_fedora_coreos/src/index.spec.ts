import { generateKeyPairSync } from 'node:crypto';
import { DriverRegistry, StepFailed, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, k8sFedoraCoreosV1 } from './index.ts';
import { parametersOf } from './parameters.ts';

const spec = { externalNetworkId: 'public' };
driverContract('k8s_fedora_coreos on a Heat in memory', { manifest: k8sFedoraCoreosV1, spec, cuts: 3, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('k8s_fedora_coreos', () => {
  const site = { authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', bootstrapToken: 'once', network: async () => undefined };
  const bayWith = (more: object) => aBay(aBaySpec(k8sFedoraCoreosV1, { ...spec, ...more }));
  const parameters = (more: object = {}, group: object = {}) => {
    const bay = bayWith(more);
    return parametersOf(bay, { ...bay.nodeGroups[1]!, ...group }, site);
  };
  const [bundle] = k8sFedoraCoreosV1.bundles!;

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-k8s-fedora-coreos'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }).manifest.name).toBe('k8s_fedora_coreos');
  });

  it('gives values to parameters that its templates have, and to all that must be given', async () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(await parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    const required = declared.filter((name) => bundle!.parameters[name]!.default === undefined);
    expect(required.filter((name) => !given.includes(name))).toEqual([]);
  });

  it('lets labels of a node group count before those of the bay', async () => {
    const labels = { kube_tag: '1.30.1', flannel_backend: 'vxlan' };
    expect(await parameters({ labels }, { labels: { flannel_backend: 'host-gw' } })).toMatchObject({ kube_version: 'v1.30.1', flannel_backend: 'host-gw' });
  });

  it('makes the pods’ network with the driver that was chosen, in the range of its own label', async () => {
    const labels = { flannel_network_cidr: '10.1.0.0/16', calico_ipv4pool: '10.2.0.0/16' };
    expect(await parameters({ labels, networkDriver: 'flannel' })).toMatchObject({ network_driver: 'flannel', pods_network_cidr: '10.1.0.0/16' });
    expect(await parameters({ labels, networkDriver: 'calico' })).toMatchObject({ network_driver: 'calico', pods_network_cidr: '10.2.0.0/16' });
  });

  it('hands labels and taints of a node group to its kubelets', async () => {
    const nodeTaints = [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }, { key: 'slow', effect: 'NoExecute' }];
    expect(await parameters({}, { nodeLabels: { disk: 'ssd', zone: 'a' }, nodeTaints })).toMatchObject({
      node_labels: 'disk=ssd,zone=a', node_taints: 'gpu=yes:NoSchedule,slow=:NoExecute',
    });
  });

  it('finds the addresses of the API and of DNS in the range of services', async () => {
    expect(await parameters({ labels: { service_cluster_ip_range: '10.96.0.0/12' } })).toMatchObject({ kubernetes_service_ip: '10.96.0.1', dns_service_ip: '10.96.0.10' });
    await expect(parameters({ labels: { service_cluster_ip_range: 'fd00::/108' } })).rejects.toThrow(StepFailed);
  });

  it.each([
    [{ tlsDisabled: true }, 'makes no bays without TLS'],
    [{ externalNetworkId: null }, 'Required parameter external_network not provided.'],
    [{ masterLbEnabled: true, fixedNetwork: 'n1' }, 'needs fixed_subnet'],
  ])('refuses what its templates cannot make: %j', async (more, reason) => {
    await expect(parameters(more)).rejects.toThrow(reason);
  });

  it('has user data small enough for Nova, and fills in every variable of it', () => {
    const key = Buffer.from(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' })).length * 1.4;
    for (const role of ['master', 'worker']) {
      const ignition = bundle!.files[`${role}.ign`]!;
      // 65,535 bytes in base64.
      expect((ignition.length + key + 2_000) * (4 / 3)).toBeLessThan(65_535);
      expect(JSON.parse(ignition)).toMatchObject({ ignition: { version: '3.3.0' } });
      const used = new Set(ignition.match(/__[A-Z_]+?__/g));
      expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
    }
  });
});
