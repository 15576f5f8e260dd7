import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { denied, mentions, misused, properties, refused } from './row.ts';
import type { Known, Row } from './row.ts';

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/) as string;
const ADDRESS = expect.stringMatching(/^10\.\d+\.\d+\.\d+$/) as string;
const ACCEPTED = /^Request to create cluster ([0-9a-f-]{36}) accepted\n$/;

const CREATE = 'coe cluster create';
const LIST = 'coe cluster list';
const SHOW = 'coe cluster show';
const UPDATE = 'coe cluster update';
const RESIZE = 'coe cluster resize';
const CONFIG = 'coe cluster config';
const DELETE = 'coe cluster delete';
const STATS = 'coe stats list';

const B1 = {
  name: 'b1', uuid: UUID, status: 'CREATE_COMPLETE', status_reason: null, node_count: 2, master_count: 1, health_status: 'HEALTHY',
  health_status_reason: { api: 'ok', 'default-master-0.Ready': 'True', 'default-worker-0.Ready': 'True', 'default-worker-1.Ready': 'True' },
  node_addresses: [ADDRESS, ADDRESS], master_addresses: [ADDRESS], api_address: expect.stringMatching(/^tcp:\/\/10\.\d+\.\d+\.\d+:2376$/),
  coe_version: '1.0.0', container_version: '1.0.0',
  keypair: 'default', flavor_id: 'm1.small', master_flavor_id: 'm1.tiny', docker_volume_size: 5, create_timeout: 30, discovery_url: null,
  labels: { a: '1', c: 'mine', d: '4' }, labels_overridden: { c: '3' }, labels_added: { d: '4' }, labels_skipped: {},
  fixed_network: null, fixed_subnet: null, floating_ip_enabled: true, master_lb_enabled: false, created_at: TIME, updated_at: TIME,
  // The client leaves empty what the newest version of the API no longer has.
  stack_id: '', faults: '',
};

const MAKING: readonly Row[] = [
  {
    command: CREATE, args: 'b1 --cluster-template fake --node-count 2 --timeout 30 --labels c=mine,d=4 --merge-labels',
    does: 'accepts a cluster',
    says: ACCEPTED, saves: 'b1', settles: ['b1', 'CREATE_COMPLETE'],
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake', does: 'refuses one more than the quota', exit: 1,
    complains: refused(403, 'Resource limit exceeded: You have reached the maximum clusters per project, 1'),
  },
  {
    command: 'coe quotas update', args: '--project-id {project} --resource Cluster --hard-limit 5', does: 'makes room for more',
    as: 'admin',
    check: (stdout) => expect(properties(stdout)).toMatchObject({ hard_limit: '5' }),
  },
  {
    command: CREATE, args: 'k1 --cluster-template kube --node-count 1 --master-count 3 --keypair default --flavor m1.large',
    does: 'takes fields before those of the template',
    says: ACCEPTED, saves: 'k1', settles: ['k1', 'CREATE_COMPLETE'],
  },
  {
    command: CREATE, args: 'b2 --cluster-template nope', does: 'refuses a template that there is not', exit: 1,
    complains: refused(404, 'ClusterTemplate nope could not be found'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake', does: 'refuses a template of another project', as: 'other',
    exit: 1, complains: refused(404, 'ClusterTemplate fake could not be found'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake --master-count 2', does: 'refuses an even number of masters',
    exit: 1, complains: refused(400, 'master nodegroup size of 2 is invalid, size cannot be an even number'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake --master-count 3', does: 'refuses several masters without a load balancer',
    exit: 1, complains: refused(400, 'master_count must be 1 when master_lb_enabled is False'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake --keypair nope', does: 'refuses a key pair that the caller does not have', exit: 1,
    complains: refused(404, 'Unable to find keypair nope'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake --flavor nope', does: 'refuses a flavor that Nova does not have', exit: 1,
    complains: refused(400, 'Unable to find flavor nope'),
  },
  {
    command: CREATE, args: 'b2 --cluster-template fake', does: 'makes none for a reader', as: 'reader',
    exit: 1, complains: denied('cluster:create'),
  },
  {
    command: CREATE, args: 'b2', does: 'needs a template', exit: 2,
    complains: misused('the following arguments are required: --cluster-template'),
  },
];

const LOOKING: readonly Row[] = [
  { command: SHOW, args: 'b1', does: 'shows everything about a cluster', json: expect.objectContaining(B1) },
  { command: SHOW, args: '{b1}', does: 'finds it by its uuid, for a reader too', as: 'reader', json: expect.objectContaining(B1) },
  {
    command: SHOW, args: 'nope', does: 'finds none that there is not', exit: 1, complains: refused(404, 'Cluster nope could not be found'),
  },
  {
    command: SHOW, args: '{b1}', does: 'finds none of another project', as: 'other', exit: 1,
    complains: /^Cluster [0-9a-f-]{36} could not be found \(HTTP 404\)/,
  },
  { command: SHOW, args: '{b1}', does: 'finds that of any project for an administrator', as: 'admin', json: expect.objectContaining(B1) },
  {
    command: LIST, args: '--sort-key name', does: 'lists the clusters of the project',
    json: [
      { uuid: UUID, name: 'b1', keypair: 'default', node_count: 2, master_count: 1, status: 'CREATE_COMPLETE', health_status: 'HEALTHY' },
      { uuid: UUID, name: 'k1', keypair: 'default', node_count: 1, master_count: 3, status: 'CREATE_COMPLETE', health_status: 'HEALTHY' },
    ],
  },
  {
    command: LIST, args: '--limit 1 --sort-key name --sort-dir desc', does: 'lists no more than it is asked for',
    json: [expect.objectContaining({ name: 'k1' })],
  },
  {
    command: LIST, args: '--sort-key nope', does: 'refuses to sort by what is no field', exit: 1,
    complains: /\(HTTP 400\) \(Request-ID: req-\S+\)\n$/,
  },
  { command: LIST, args: '', does: 'lists nothing to another project', as: 'other', json: [] },
  {
    command: STATS, args: '{project}', does: 'counts clusters and nodes of the project',
    check: (stdout) => expect(properties(stdout)).toEqual({ clusters: '2', nodes: '7' }),
  },
  {
    command: STATS, args: '{project}', does: 'counts for no other project', as: 'other', exit: 1, complains: refused(403, 'Not authorized'),
  },
  {
    command: 'coe service list', args: '', does: 'lists the conductors to an administrator', as: 'admin',
    json: [{
      id: 1, host: expect.any(String), binary: 'magnum-conductor', state: 'up', disabled: false, disabled_reason: null,
      created_at: TIME, updated_at: TIME,
    }],
  },
  {
    command: 'coe service list', args: '', does: 'lists none to a member', exit: 1,
    complains: denied('magnum-service:get_all'),
  },
];

const CHANGING: readonly Row[] = [
  {
    command: UPDATE, args: 'b1 replace node_count=3', does: 'changes the number of nodes',
    says: 'Request to update cluster b1 has been accepted.\n', settles: ['b1', 'UPDATE_COMPLETE'],
  },
  {
    command: SHOW, args: 'b1 -c node_count -c node_addresses', does: 'shows the nodes that joined',
    json: { node_count: 3, node_addresses: [ADDRESS, ADDRESS, ADDRESS] },
  },
  {
    command: UPDATE, args: 'b1 replace name=b9', does: 'refuses to change what is fixed', exit: 1,
    complains: refused(400, 'cannot change cluster property(ies) name'),
  },
  {
    command: UPDATE, args: 'b1 replace node_count=4', does: 'changes nothing for a reader', as: 'reader', exit: 1,
    complains: denied('cluster:update'),
  },
  {
    command: UPDATE, args: 'b1 swap node_count=4', does: 'knows three operations', exit: 2,
    complains: /invalid choice: 'swap' \(choose from 'add', 'replace', 'remove'\)\n$/,
  },
  {
    command: RESIZE, args: 'b1 1', does: 'takes nodes away', says: 'Request to resize cluster b1 has been accepted.\n',
    settles: ['b1', 'UPDATE_COMPLETE'],
  },
  {
    command: SHOW, args: 'b1 -c node_count -c node_addresses', does: 'shows the one that is left',
    json: { node_count: 1, node_addresses: [ADDRESS] },
  },
  {
    command: RESIZE, args: 'b1 many', does: 'needs a number', exit: 2, complains: misused("argument node_count: invalid int value: 'many'"),
  },
  {
    command: RESIZE, args: 'nope 2', does: 'finds no cluster that there is not', exit: 1,
    complains: refused(404, 'Cluster nope could not be found'),
  },
  {
    command: RESIZE, args: '{b1} 2', does: 'resizes nothing for a reader', as: 'reader', exit: 1,
    complains: denied('cluster:resize'),
  },
];

/** The three files go together: the certificate is for the key, and the authority signed it. */
function checkCredentials(directory: string): void {
  const [ca, cert] = ['ca', 'cert'].map((name) => new X509Certificate(readFileSync(`${directory}/${name}.pem`)));
  expect(cert!.checkPrivateKey(createPrivateKey(readFileSync(`${directory}/key.pem`)))).toBe(true);
  expect(cert!.verify(ca!.publicKey)).toBe(true);
  expect(cert!.subject).toContain('CN=admin');
}

/** What `--force` wrote: a kubeconfig that names the cluster. */
function kubeconfig(known: Known): string {
  return readFileSync(`${known.get('directory')}/config`, 'utf8');
}

const CONFIGURING: readonly Row[] = [
  {
    command: CONFIG, args: 'b1 --output-certs', does: 'writes what a Docker client needs and says how to use it',
    says: /^export DOCKER_HOST=tcp:\/\/10\.\d+\.\d+\.\d+:2376\nexport DOCKER_CERT_PATH=\S+\nexport DOCKER_TLS_VERIFY=True\n\n$/,
    check: (_, known) => checkCredentials(known.get('directory')!),
  },
  {
    command: CONFIG, args: 'b1 --output-certs', does: 'overwrites no key', exit: 1, complains: /^File \S+\/key\.pem exists, aborting\.\n$/,
  },
  {
    command: CONFIG, args: 'b1 --output-certs --force', does: 'overwrites it when it is told to', says: /^export DOCKER_HOST=/,
    check: (_, known) => checkCredentials(known.get('directory')!),
  },
  {
    command: CONFIG, args: 'k1', does: 'writes what kubectl needs', says: 'export KUBECONFIG={directory}/config\n\n',
    check(_, known) {
      expect(kubeconfig(known)).toMatch(/^ {4}certificate-authority-data: \S{500,}\n {4}server: tcp:\/\/10\.[\d.]+:2376\n {2}name: k1$/m);
      expect(kubeconfig(known)).toMatch(/^ {4}client-certificate-data: \S{500,}\n {4}client-key-data: \S{500,}$/m);
    },
  },
  {
    command: CONFIG, args: 'k1 --use-keystone --force', does: 'writes a login by token instead',
    says: 'export KUBECONFIG={directory}/config\n\n',
    check: (_, known) => expect(kubeconfig(known)).toMatch(/user: openstackuser[^]*OS_TOKEN/),
  },
  {
    command: CONFIG, args: 'b1 --force', does: 'gives a colleague no credentials', as: 'demo2', exit: 1,
    complains: denied('certificate:get'),
  },
  {
    command: CONFIG, args: 'nope', does: 'finds no cluster that there is not', exit: 1,
    complains: refused(404, 'Cluster nope could not be found'),
  },
];

export const CLUSTER_ROWS: readonly Row[] = [...MAKING, ...LOOKING, ...CHANGING, ...CONFIGURING];

export const CLUSTER_ENDING_ROWS: readonly Row[] = [
  {
    command: 'coe cluster template delete', args: 'newer', does: 'deletes no template that a cluster uses',
    says: mentions('Delete for cluster template newer failed: ', 400, 'ClusterTemplate {newer} is referenced by one or multiple clusters'),
  },
  {
    command: DELETE, args: 'b1', does: 'deletes nothing for a reader', as: 'reader', exit: 1,
    complains: denied('cluster:delete'),
  },
  {
    command: DELETE, args: '{b1}', does: 'finds nothing of another project to delete', as: 'other', exit: 1,
    complains: /^Cluster [0-9a-f-]{36} could not be found \(HTTP 404\)/,
  },
  {
    command: DELETE, args: 'b1 nope k1', does: 'deletes in order, until there is one that it does not find',
    says: 'Request to delete cluster b1 has been accepted.\n',
    exit: 1, complains: refused(404, 'Cluster nope could not be found'), settles: ['b1', 'GONE'],
  },
  {
    command: DELETE, args: 'k1', does: 'deletes the other one', says: 'Request to delete cluster k1 has been accepted.\n',
    settles: ['k1', 'GONE'],
  },
  { command: SHOW, args: 'b1', does: 'finds it no more', exit: 1, complains: refused(404, 'Cluster b1 could not be found') },
  { command: LIST, args: '', does: 'lists nothing', json: [] },
  {
    command: STATS, args: '{project}', does: 'counts nothing',
    check: (stdout) => expect(properties(stdout)).toEqual({ clusters: '0', nodes: '0' }),
  },
];
