import type { BayView } from '@jeroboam/domain';
import { EngineApis, requireRecord } from '../bay/bay-site.ts';
import type { NodeRecord } from '../bay/bay-record.ts';
import { BayNames } from '../bay/names.ts';
import { managersOf } from '../steps/swarm-steps.ts';
import { listNodes } from '../swarm/swarm.ts';
import type { SwarmNode } from '../swarm/swarm.ts';

/** What the managers say of everybody in the swarm. Tokens are nobody's to see. */
export async function joinState(bay: BayView, dataDir: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const names = new BayNames(bay.spec.bayId, dataDir);
  const record = requireRecord(names);
  using apis = new EngineApis(names);
  const [manager] = await managersOf({ apis, context: { signal } }, record);
  const listed = await listNodes(manager!, signal);
  const managers = listed.filter(({ ManagerStatus }) => ManagerStatus);
  const reachable = managers.filter(({ ManagerStatus }) => ManagerStatus!.Reachability === 'reachable');
  return {
    managers: `${reachable.length} of ${managers.length} reachable`,
    quorum: reachable.length > managers.length / 2,
    nodes: listed.map((node) => stateOf(node, record.nodes)).sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function stateOf({ ID, Description, Spec, Status, ManagerStatus }: SwarmNode, nodes: readonly NodeRecord[]) {
  const known = nodes.find(({ swarmId }) => swarmId === ID);
  return {
    name: known?.name ?? Description.Hostname,
    role: ManagerStatus ? 'manager' : 'worker',
    state: Status.State,
    availability: Spec.Availability,
    address: known?.address ?? Status.Addr,
  };
}
