import { denied, misused, refused } from './row.ts';
import type { Row } from './row.ts';

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const ADDRESS = expect.stringMatching(/^10\.\d+\.\d+\.\d+$/) as string;
const ACCEPTED = /^Request to create nodegroup ([0-9a-f-]{36}) accepted\n$/;

const CREATE = 'coe nodegroup create';
const LIST = 'coe nodegroup list';
const SHOW = 'coe nodegroup show';
const UPDATE = 'coe nodegroup update';
const DELETE = 'coe nodegroup delete';
const RESIZE = 'coe cluster resize';

const MASTER = {
  uuid: UUID, name: 'default-master', role: 'master', flavor_id: 'm1.tiny', image_id: 'cirros', node_count: 1, status: 'CREATE_COMPLETE',
};
const WORKER = { ...MASTER, name: 'default-worker', role: 'worker', flavor_id: 'm1.small', status: 'UPDATE_COMPLETE' };
const BIG = {
  uuid: UUID, name: 'big', role: 'db', is_default: false, node_count: 2, min_node_count: 1, max_node_count: 4, flavor_id: 'm1.large',
  image_id: 'cirros', docker_volume_size: 7, node_addresses: [ADDRESS, ADDRESS], status: 'CREATE_COMPLETE', status_reason: null,
  labels: { a: '1', c: 'big', d: '4', x: 'y' }, labels_overridden: { c: 'mine' }, labels_added: { x: 'y' }, labels_skipped: {},
};

const MAKING: readonly Row[] = [
  { command: LIST, args: 'b1', does: 'lists the two that every cluster has', json: [MASTER, WORKER] },
  {
    command: CREATE, does: 'accepts a node group', says: ACCEPTED, saves: 'big', settles: ['b1', 'UPDATE_COMPLETE'],
    args: 'b1 big --node-count 2 --min-nodes 1 --max-nodes 4 --role db --flavor m1.large --docker-volume-size 7 '
      + '--labels c=big,x=y --merge-labels',
  },
  {
    command: CREATE, args: 'b1 big', does: 'refuses a name that is taken', exit: 1,
    complains: refused(409, 'A node group with name big already exists in the cluster b1'),
  },
  {
    command: CREATE, args: 'b1 ng2 --node-count 3 --max-nodes 2', does: 'refuses more nodes than their own bound', exit: 1,
    complains: refused(409, 'max_node_count for ng2 is invalid (node_count (3) should be less or equal to max_node_count (2))'),
  },
  {
    command: CREATE, args: 'b1 ng2 --role master', does: 'refuses further masters', exit: 1,
    complains: refused(400, 'Creating master nodegroups is currently not supported'),
  },
  {
    command: CREATE, args: 'b1 ng2 --flavor nope', does: 'refuses a flavor that Nova does not have', exit: 1,
    complains: refused(400, 'Unable to find flavor nope'),
  },
  { command: CREATE, args: 'b1 ng2', does: 'makes none for a reader', as: 'reader', exit: 1, complains: denied('nodegroup:create') },
  {
    command: CREATE, args: '{b1} ng2', does: 'finds no cluster of another project', as: 'other', exit: 1,
    complains: refused(404, 'Cluster {b1} could not be found'),
  },
  { command: CREATE, args: 'b1', does: 'needs a name', exit: 2, complains: misused('the following arguments are required: <name>') },
];

const LOOKING: readonly Row[] = [
  {
    command: LIST, args: 'b1 --role db', does: 'lists those of one role',
    json: [expect.objectContaining({ name: 'big', node_count: 2, role: 'db' })],
  },
  {
    command: LIST, args: 'b1 --limit 1 --sort-key name', does: 'lists no more than it is asked for',
    json: [expect.objectContaining({ name: 'big' })],
  },
  {
    command: LIST, args: 'nope', does: 'finds no cluster that there is not', exit: 1,
    complains: refused(404, 'Cluster nope could not be found'),
  },
  {
    command: LIST, args: '{b1}', does: 'finds none of another project', as: 'other', exit: 1,
    complains: refused(404, 'Cluster {b1} could not be found'),
  },
  { command: SHOW, args: 'b1 big', does: 'shows everything about a node group', json: expect.objectContaining(BIG) },
  { command: SHOW, args: '{b1} {big}', does: 'finds it by its uuid, for a reader too', as: 'reader', json: expect.objectContaining(BIG) },
  {
    command: SHOW, args: 'b1 nope', does: 'finds none that there is not', exit: 1,
    complains: refused(404, 'Nodegroup nope could not be found'),
  },
];

const CHANGING: readonly Row[] = [
  {
    command: UPDATE, args: 'b1 big replace max_node_count=6', does: 'moves a bound',
    says: 'Request to update nodegroup big has been accepted.\n',
    settles: ['b1', 'UPDATE_COMPLETE'],
  },
  { command: SHOW, args: 'b1 big -c max_node_count', does: 'shows the bound that was moved', json: { max_node_count: 6 } },
  {
    command: UPDATE, args: 'b1 big replace node_count=5', does: 'refuses what is not its own to change', exit: 1,
    complains: refused(400, "'/node_count' is an internal attribute and can not be updated"),
  },
  {
    command: UPDATE, args: 'b1 big replace max_node_count=7', does: 'changes nothing for a reader', as: 'reader', exit: 1,
    complains: denied('nodegroup:update'),
  },
  {
    command: RESIZE, args: 'b1 1 --nodegroup big --nodes-to-remove big-0', does: 'takes the node that is named out of a node group',
    says: 'Request to resize cluster b1 has been accepted.\n', settles: ['b1', 'UPDATE_COMPLETE'],
  },
  {
    command: SHOW, args: 'b1 big -c node_count -c node_addresses', does: 'shows the one that is left',
    json: { node_count: 1, node_addresses: [ADDRESS] },
  },
  {
    command: RESIZE, args: 'b1 7 --nodegroup big', does: 'refuses to resize a node group beyond its bound', exit: 1,
    complains: refused(400, 'Resizing big outside the allowed range: min_node_count = 1, max_node_count = 6'),
  },
  {
    command: RESIZE, args: 'b1 2 --nodegroup nope', does: 'finds no node group that there is not', exit: 1,
    complains: refused(404, 'Nodegroup nope could not be found'),
  },
  {
    command: DELETE, args: 'b1 default-worker', does: 'deletes none that every cluster has', exit: 1,
    complains: refused(400, 'Deleting a default nodegroup is not supported'),
  },
  { command: DELETE, args: 'b1 big', does: 'deletes none for a reader', as: 'reader', exit: 1, complains: denied('nodegroup:delete') },
  {
    command: DELETE, args: 'b1 big', does: 'deletes a node group', says: 'Request to delete nodegroup big has been accepted.\n',
    settles: ['b1', 'UPDATE_COMPLETE'],
  },
  { command: LIST, args: 'b1', does: 'lists it no more', json: [MASTER, WORKER] },
];

export const NODE_GROUP_ROWS: readonly Row[] = [...MAKING, ...LOOKING, ...CHANGING];
