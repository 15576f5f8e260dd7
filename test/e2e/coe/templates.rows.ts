import { denied, misused, refused } from './row.ts';
import type { Row } from './row.ts';

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/) as string;

const FAKE = {
  name: 'fake', uuid: UUID, coe: 'swarm-mode', image_id: 'cirros', cluster_distro: 'cirros', server_type: 'vm',
  external_network_id: 'public', network_driver: 'docker',
  flavor_id: 'm1.small', master_flavor_id: 'm1.tiny', keypair_id: 'default', docker_volume_size: 5, docker_storage_driver: 'overlay2',
  dns_nameserver: '1.1.1.1',
  labels: { a: '1', b: 'two' }, tags: 'blue', tls_disabled: false, public: false, hidden: false, registry_enabled: false,
  insecure_registry: '-', master_lb_enabled: false,
  floating_ip_enabled: true, fixed_network: '-', fixed_subnet: '-', volume_driver: '-', http_proxy: '-', https_proxy: '-', no_proxy: '-',
  apiserver_port: '-',
  created_at: TIME, updated_at: '-',
};
const CREATE = 'coe cluster template create';
const LIST = 'coe cluster template list';
const SHOW = 'coe cluster template show';
const UPDATE = 'coe cluster template update';

export const TEMPLATE_ROWS: readonly Row[] = [
  {
    command: CREATE, does: 'makes a template of everything it is given', says: 'Request to create cluster template fake accepted\n',
    json: FAKE, saves: 'fake',
    args: 'fake --coe swarm-mode --image cirros --external-network public --flavor m1.small --master-flavor m1.tiny --keypair default '
      + '--network-driver docker --docker-volume-size 5 --dns-nameserver 1.1.1.1 --labels a=1,b=two --tags blue',
  },
  {
    command: CREATE, args: 'kube --coe kubernetes --image fedora-coreos --external-network public --master-lb-enabled',
    does: 'fills in what it is not given',
    says: 'Request to create cluster template kube accepted\n', saves: 'kube',
    json: expect.objectContaining({
      coe: 'kubernetes', cluster_distro: 'fedora-coreos', network_driver: 'flannel', flavor_id: 'm1.medium', dns_nameserver: '8.8.8.8',
      labels: {}, keypair_id: '-', master_lb_enabled: true,
    }),
  },
  {
    command: CREATE, args: 'shared --coe swarm-mode --image cirros --external-network public --public',
    does: 'publishes a template for an administrator', as: 'admin',
    says: 'Request to create cluster template shared accepted\n', json: expect.objectContaining({ name: 'shared', public: true }),
  },
  {
    command: CREATE, args: 'mine --coe swarm-mode --image cirros --external-network public --public', does: 'publishes none for a member',
    exit: 1, complains: refused(403, 'Not authorized to set public or hidden flag for cluster template'),
  },
  {
    command: CREATE, args: 'bad --coe swarm-mode --image nope --external-network public',
    does: 'refuses an image that Glance does not have',
    exit: 1, complains: refused(400, 'Image nope could not be found'),
  },
  {
    command: CREATE, args: 'bad --coe swarm-mode --image cirros --external-network private',
    does: 'refuses an external network that leads nowhere outside',
    exit: 1, complains: refused(400, 'Unable to find external network private'),
  },
  {
    command: CREATE, args: 'bad --coe swarm-mode --image cirros --external-network public --flavor nope',
    does: 'refuses a flavor that Nova does not have',
    exit: 1, complains: refused(400, 'Unable to find flavor nope'),
  },
  {
    command: CREATE, args: 'bad --coe nomad --image cirros --external-network public', does: 'refuses an engine that Magnum does not know',
    exit: 1, complains: refused(400, 'Invalid input for field/attribute coe'),
  },
  {
    command: CREATE, args: 'bad --coe swarm-mode --image cirros', does: 'needs an external network',
    exit: 2, complains: misused('the following arguments are required: --external-network'),
  },
  {
    command: LIST, args: '--fields coe,image_id --sort-key name', does: 'lists own and public ones, with the columns asked for',
    json: [
      { uuid: UUID, name: 'fake', tags: 'blue', coe: 'swarm-mode', image_id: 'cirros' },
      { uuid: UUID, name: 'kube', tags: null, coe: 'kubernetes', image_id: 'fedora-coreos' },
      { uuid: UUID, name: 'shared', tags: null, coe: 'swarm-mode', image_id: 'cirros' },
    ],
  },
  {
    command: LIST, args: '--limit 1 --sort-key name --sort-dir desc', does: 'lists no more than it is asked for',
    json: [{ uuid: UUID, name: 'shared', tags: null }],
  },
  {
    command: LIST, args: '', does: 'lists public ones only to another project', as: 'other',
    json: [{ uuid: UUID, name: 'shared', tags: null }],
  },
  { command: SHOW, args: 'fake', does: 'finds a template by its name', json: FAKE },
  { command: SHOW, args: '{fake}', does: 'finds it by its uuid', json: FAKE },
  {
    command: SHOW, args: 'nope', does: 'finds none that there is not', exit: 1,
    complains: refused(404, 'ClusterTemplate nope could not be found'),
  },
  {
    command: SHOW, args: 'fake', does: 'finds none of another project', as: 'other', exit: 1,
    complains: refused(404, 'ClusterTemplate fake could not be found'),
  },
  {
    command: UPDATE, args: 'fake replace labels=a=1,c=3 dns_nameserver=9.9.9.9', does: 'replaces fields and leaves the others',
    json: { ...FAKE, labels: { a: '1', c: '3' }, dns_nameserver: '9.9.9.9', updated_at: TIME },
  },
  {
    command: UPDATE, args: 'fake remove tags', does: 'removes a field',
    json: expect.objectContaining({ tags: '-', dns_nameserver: '9.9.9.9' }),
  },
  {
    command: UPDATE, args: 'fake add http_proxy=http://proxy.test:3128', does: 'adds a field',
    json: expect.objectContaining({ http_proxy: 'http://proxy.test:3128' }),
  },
  {
    command: UPDATE, args: 'fake replace coe=nomad', does: 'refuses what creation refuses too',
    exit: 1, complains: refused(400, 'Invalid input for field/attribute coe'),
  },
  {
    command: UPDATE, args: 'fake replace dns_nameserver=1.2.3.4', does: 'changes nothing for a reader', as: 'reader',
    exit: 1, complains: denied('clustertemplate:update'),
  },
];

const DELETE = 'coe cluster template delete';

/** When no bay uses them any more. */
export const TEMPLATE_ENDING_ROWS: readonly Row[] = [
  {
    command: DELETE, args: 'fake nope kube newer', does: 'deletes each that there is and says what became of the others',
    says: new RegExp('^Request to delete cluster template fake has been accepted\\.\\n'
      + 'Delete for cluster template nope failed: ClusterTemplate nope could not be found \\(HTTP 404\\) \\(Request-ID: \\S+\\)\\n'
      + 'Request to delete cluster template kube has been accepted\\.\\n'
      + 'Request to delete cluster template newer has been accepted\\.\\n$'),
  },
  { command: LIST, args: '', does: 'lists those no more', json: [{ uuid: UUID, name: 'shared', tags: null }] },
];
