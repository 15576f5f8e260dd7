import { denied, misused, refused } from './row.ts';
import type { Known, Row } from './row.ts';

const UPGRADE = 'coe cluster upgrade';

export const UPGRADE_ROWS: readonly Row[] = [
  {
    command: 'coe cluster template create', args: 'newer --coe swarm-mode --image cirros --external-network public --labels e=5',
    does: 'makes a template to upgrade to', says: 'Request to create cluster template newer accepted\n', json: expect.anything(),
    saves: 'newer',
  },
  { command: UPGRADE, args: 'b1 newer', does: 'changes nothing for a reader', as: 'reader', exit: 1, complains: denied('cluster:upgrade') },
  {
    command: UPGRADE, args: 'b1 nope', does: 'finds no template that there is not', exit: 1,
    complains: refused(404, 'ClusterTemplate nope could not be found'),
  },
  {
    command: UPGRADE, args: 'nope newer', does: 'finds no cluster that there is not', exit: 1,
    complains: refused(404, 'Cluster nope could not be found'),
  },
  {
    command: UPGRADE, args: 'b1 kube', does: 'makes no other engine of a cluster', exit: 1,
    complains: refused(409, "Cluster Template is not valid for upgrade: its COE is kubernetes, the cluster's is swarm-mode"),
  },
  {
    command: UPGRADE, args: 'b1', does: 'needs a template', exit: 2,
    complains: misused('the following arguments are required: cluster_template'),
  },
  {
    command: UPGRADE, args: 'b1 newer --max-batch-size 2', does: 'accepts an upgrade',
    says: 'Request to upgrade cluster b1 has been accepted.\n',
    settles: ['b1', 'UPDATE_COMPLETE'],
  },
  {
    command: 'coe cluster show', args: 'b1 -c cluster_template_id -c node_count',
    does: 'shows the new template, with as many nodes as before',
    json: (known: Known) => ({ cluster_template_id: known.get('newer'), node_count: 1 }),
  },
];
