import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stableId } from './cloud/stable-id.ts';
import { startSandboxCloud } from './sandbox-cloud.ts';
import type { SandboxCloud } from './sandbox-cloud.ts';

const CLIENT = '/usr/bin/openstack';
/** Each command is a Python process of a second or two, more on a busy machine; so rules about one thing share a test. */
const TEST_TIMEOUT_MS = 240_000;

const STACK = `
heat_template_version: 2018-08-31
parameters: {count: {type: number}}
resources: {nodes: {type: OS::Heat::ResourceGroup, properties: {count: {get_param: count}, resource_def: {type: node.yaml}}}}
outputs: {addresses: {value: {get_attr: [nodes, address]}}}
`;
const NODE = `
heat_template_version: 2018-08-31
resources: {node: {type: OS::Nova::Server, properties: {name: node, image: debian, flavor: m1.small, key_name: default}}}
outputs: {address: {value: {get_attr: [node, first_address]}}}
`;

const folder = mkdtempSync(join(tmpdir(), 'sandbox-client-'));
let sandbox: SandboxCloud;

beforeAll(async () => {
  if (!existsSync(CLIENT)) throw new Error(`${CLIENT} is missing: install python3-openstackclient, python3-magnumclient and python3-heatclient (Debian)`);
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
  writeFileSync(join(folder, 'stack.yaml'), STACK);
  writeFileSync(join(folder, 'node.yaml'), NODE);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

interface As {
  readonly user?: string;
  readonly password?: string;
  readonly project?: string;
}

/** What the unmodified client prints, as JSON; rejects with what it says on its standard error. */
async function openstack(command: string, { user = 'admin', password = 'secret', project = 'demo' }: As = {}): Promise<unknown> {
  const env = {
    PATH: '/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C.UTF-8',
    OS_AUTH_URL: `${sandbox.url}/v3`, OS_IDENTITY_API_VERSION: '3', OS_REGION_NAME: 'RegionOne',
    OS_USERNAME: user, OS_PASSWORD: password, OS_PROJECT_NAME: project,
    OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default',
  };
  const { stdout } = await promisify(execFile)(CLIENT, [...command.split(' '), '-f', 'json'], { env, timeout: 60_000 });
  return JSON.parse(stdout) as unknown;
}

/** One column of what a listing prints. */
async function column(command: string, name: string, as?: As): Promise<unknown[]> {
  return ((await openstack(command, as)) as Record<string, unknown>[]).map((row) => row[name]);
}

describe('the unmodified openstack client', () => {
  it('logs in', async () => {
    expect(await openstack('token issue', { user: 'demo' })).toEqual({
      expires: expect.any(String) as string, id: expect.any(String) as string,
      project_id: stableId('project', 'demo'), user_id: stableId('user', 'demo'),
    });
    const refusal = 'The request you have made requires authentication. (HTTP 401)';
    await expect(openstack('token issue', { password: 'wrong' })).rejects.toThrow(refusal);
  }, TEST_TIMEOUT_MS);

  it('reads the catalog', async () => {
    expect(await column('catalog list', 'Type')).toEqual([
      'identity', 'container-infra', 'image', 'compute', 'network', 'volumev3', 'load-balancer', 'orchestration',
    ]);
    expect(await column('service list', 'Name')).toEqual([
      'keystone', 'magnum', 'glance', 'nova', 'neutron', 'cinderv3', 'octavia', 'heat',
    ]);
    expect(await column('endpoint list --service container-infra', 'URL')).toEqual(Array(3).fill('http://127.0.0.1:9511/v1'));
  }, TEST_TIMEOUT_MS);

  it('lists projects, users and roles for administrators', async () => {
    expect(await column('project list', 'Name')).toEqual(['admin', 'service', 'demo', 'other']);
    expect(await column('user list', 'Name')).toEqual(['admin', 'demo', 'demo2', 'reader', 'other', 'jeroboam']);
    expect(await column('role assignment list --names --project demo', 'Role')).toEqual(['admin', 'member', 'member', 'reader']);
    expect(await openstack('project show demo')).toMatchObject({ name: 'demo', domain_id: 'default', enabled: true });
  }, TEST_TIMEOUT_MS);

  it('shows a member only its own projects', async () => {
    expect(await column('project list', 'Name', { user: 'demo' })).toEqual(['demo']);
    const refusal = 'You are not authorized to perform the requested action: identity:list_users.';
    await expect(openstack('user list', { user: 'demo' })).rejects.toThrow(refusal);
  }, TEST_TIMEOUT_MS);

  it('finds images, flavors and key pairs', async () => {
    const images = ['centos', 'cirros', 'debian', 'fedora-atomic', 'fedora-coreos', 'ubuntu'];
    expect(new Set(await column('image list', 'Name'))).toEqual(new Set(images));
    const properties = { os_distro: 'fedora-coreos' };
    expect(await openstack('image show fedora-coreos')).toMatchObject({ name: 'fedora-coreos', properties });
    expect(await column('flavor list', 'Name')).toEqual(['m1.tiny', 'm1.small', 'm1.medium', 'm1.large', 'bm.standard']);
    expect(await openstack('flavor show m1.small')).toMatchObject({ id: '2', ram: 2_048, disk: 20, vcpus: 1 });
    expect(await column('keypair list', 'Name', { user: 'demo' })).toEqual(['default']);
  }, TEST_TIMEOUT_MS);

  it('finds networks', async () => {
    expect(await column('network list', 'Name')).toEqual(['public', 'private', 'metal']);
    expect(await column('network list --external', 'Name')).toEqual(['public']);
    expect(await openstack('network show public')).toMatchObject({ name: 'public', 'router:external': true });
    expect(await column('subnet list', 'Name')).toEqual(['public-subnet', 'private-subnet', 'metal-subnet']);
  }, TEST_TIMEOUT_MS);

  it('makes a stack, with the templates it refers to, and shows what is in it', async () => {
    expect(await openstack(`stack create -t ${join(folder, 'stack.yaml')} --parameter count=2 nodes`)).toMatchObject({ stack_name: 'nodes' });
    expect(await openstack('stack show nodes')).toMatchObject({ stack_status: 'CREATE_COMPLETE', parameters: { count: '2' } });
    expect(await column('stack resource list -n 2 nodes', 'resource_name')).toEqual(['nodes', '0', '1', 'node', 'node']);
    expect(await openstack('stack output show nodes addresses')).toMatchObject({ output_value: ['10.0.0.2', '10.0.0.3'] });
    expect(await column('server list', 'Networks', { user: 'demo' })).toEqual([{ private: ['10.0.0.2'] }, { private: ['10.0.0.3'] }]);
    expect((await column('stack event list nodes', 'resource_status')).at(-1)).toBe('CREATE_COMPLETE');
  }, TEST_TIMEOUT_MS);
});
