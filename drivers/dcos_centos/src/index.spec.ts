import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, dcosCentosV1 } from './index.ts';
import { parametersOf } from './parameters.ts';

const SITE = { authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', bootstrapToken: 'once', network: async () => undefined };
const spec = { externalNetworkId: 'public' };
driverContract('dcos_centos on a Heat in memory', { manifest: dcosCentosV1, spec, cuts: 3, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('dcos_centos', () => {
  const [bundle] = dcosCentosV1.bundles!;
  const bayWith = (more: object = {}) => aBay(aBaySpec(dcosCentosV1, { ...spec, ...more }));
  const parameters = (more: object = {}, group: object = {}) => parametersOf(bayWith(more), { ...bayWith(more).nodeGroups[1]!, ...group }, SITE);

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-dcos-centos'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'centos', coe: 'dcos' }).manifest).toMatchObject({ name: 'dcos_centos', version: '1.0.0' });
  });

  it('gives values to parameters that its templates have, and to all that must be given', () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => bundle!.parameters[name]!.default === undefined && !given.includes(name))).toEqual([]);
  });

  it('tells a further node group of what the bay’s own stack has put out', () => {
    const asked = declaredIn(bundle!.files['node-group.yaml']!).filter((name) => !declaredIn(bundle!.files['bay.yaml']!).includes(name));
    expect(asked.filter((name) => !Object.hasOwn(bundle!.outputs, name))).toEqual([]);
  });

  it('has agents find the masters by their balancer where there is one, which needs a store for Exhibitor', () => {
    expect(parameters()).toMatchObject({ master_discovery: 'static', exhibitor_storage_backend: 'static' });
    expect(parameters({ masterLbEnabled: true })).toMatchObject({ master_discovery: 'master_http_loadbalancer', exhibitor_storage_backend: 'zookeeper' });
    expect(parameters({ masterLbEnabled: true, labels: { exhibitor_storage_backend: 'aws_s3' } })).toMatchObject({ exhibitor_storage_backend: 'aws_s3' });
  });

  it('writes labels into config.yaml under the names that DC/OS has, and leaves out what is empty', () => {
    const overlays = { vtep_subnet: '44.128.0.0/20', vtep_mac_oui: '70:B3:D5:00:00:00', overlays: [{ name: 'dcos', subnet: '9.0.0.0/8', prefix: 26 }] };
    const labels = {
      oauth_enabled: 'false', gc_delay: '', exhibitor_s3_bucket: 'masters', dcos_overlay_enable: 'true', dcos_overlay_network: JSON.stringify(overlays), mine: 'too',
    };
    expect(parameters({ labels })['dcos_settings']).toEqual({
      oauth_enabled: 'false', s3_bucket: 'masters', dcos_overlay_enable: 'true', dcos_overlay_network: overlays,
    });
    expect(parameters({ labels: { rexray_preempt: 'true' }, volumeDriver: 'rexray' })['dcos_settings']).toMatchObject({
      rexray_config: { rexray: { volume: { mount: { preempt: true } } } },
    });
  });

  it('has nodes fetch what REX-Ray needs, and nothing where there is none', () => {
    expect(parameters({ volumeDriver: 'rexray' })).toMatchObject({ node_credentials: 'volume', api_url: SITE.apiUrl, bootstrap_token: 'once' });
    expect(parameters()).toMatchObject({ node_credentials: '' });
  });

  it('makes public agents of node groups with that role', () => {
    expect(parameters()).toMatchObject({ agent_role: 'slave' });
    expect(parameters({}, { role: 'public' })).toMatchObject({ agent_role: 'slave_public' });
  });

  it.each([
    [{ externalNetworkId: null }, 'Required parameter external_network not provided.'],
    [{ masterLbEnabled: true, fixedNetwork: 'n1' }, 'needs fixed_subnet'],
    [{ masterLbEnabled: true, labels: { exhibitor_storage_backend: 'static' } }, 'cannot be static with master_lb_enabled'],
    [{ labels: { dcos_overlay_network: '{' } }, 'dcos_overlay_network is no JSON'],
  ])('refuses what its templates cannot make: %j', (more, reason) => {
    expect(() => parameters(more)).toThrow(reason);
  });

  it('fills in every variable of its user data', () => {
    const used = new Set(bundle!.files['node.sh']!.match(/__[A-Z0-9_]+?__/g));
    for (const role of ['master', 'worker']) expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
  });

  it('shows where the dashboard is once there is one', async () => {
    const context = { signal: new AbortController().signal, log: { info: () => {}, warn: () => {} } };
    const call = { alias: 'dcos', command: 'ui', arguments: {} };
    expect(await blueprint.show!(call, { ...bayWith(), apiAddress: 'https://10.0.0.5' }, context)).toEqual({ url: 'https://10.0.0.5/' });
    await expect(blueprint.show!(call, bayWith(), context)).rejects.toThrow('is not there before the cluster is');
    await expect(blueprint.show!({ ...call, command: 'explode' }, bayWith(), context)).rejects.toThrow('nothing to show');
  });
});

describe('a DC/OS bay asked where work runs', () => {
  const server = createServer((request, response) => {
    if (request.url === '/mesos/master/state-summary') response.writeHead(status).end(JSON.stringify(summary));
    else response.writeHead(404).end();
  });
  let status: number;
  let summary: unknown;
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  const agent = (node: string | undefined, more: object) => ({ active: true, attributes: { ...(node && { node }) }, TASK_RUNNING: 0, ...more });
  const busy = () => {
    const bay = { ...aBay(aBaySpec(dcosCentosV1, spec)), apiAddress: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
    return blueprint.busyServers!(bay, new AbortController().signal);
  };

  it('names the servers of agents with tasks, also such as are just coming or going', async () => {
    status = 200;
    summary = {
      slaves: [
        agent('b-worker-0', { TASK_RUNNING: 2 }), agent('b-worker-1', { TASK_FINISHED: 9 }), agent('b-worker-2', { TASK_STAGING: 1 }),
        agent('b-worker-3', { TASK_KILLING: 1 }), agent(undefined, { TASK_RUNNING: 1 }),
      ],
    };
    expect(await busy()).toEqual(['b-worker-0', 'b-worker-2', 'b-worker-3']);
  });

  it.each([[401, {}], [200, {}], [200, { slaves: 'none' }]])('says nothing when it answers with %i and %j', async (answered, told) => {
    status = answered;
    summary = told;
    await expect(busy()).rejects.toThrow(/answered with status 401|told of no agents/);
  });
});
