import type { BaySpec, NodeGroupView } from '@jeroboam/domain';
import { bayStackName, groupStackName } from '@jeroboam/heat-driver';

/** As `GET /admin/metering` of the sandbox cloud tells it. */
export interface MeteredServer {
  readonly name: string;
  readonly flavor: string;
  readonly root_stack: string | null;
  readonly from: string;
  readonly to: string | null;
}

export interface GroupOfBay {
  readonly spec: Pick<BaySpec, 'bayId' | 'name'>;
  readonly group: Pick<NodeGroupView, 'nodeGroupId' | 'name' | 'role' | 'isDefault'>;
}

/** Node milliseconds by bay, node group and flavor; what came to nothing is not in it. */
export type Bill = Readonly<Record<string, number>>;

/**
 * What the servers of these bays come to within a period. They are told apart by the names of their stacks and their own.
 * @throws when a server is of no node group.
 */
export function billedServers(servers: readonly MeteredServer[], groups: readonly GroupOfBay[], period: { readonly from: string; readonly to: string }): Bill {
  return sumOf(servers.map(({ name, flavor, root_stack: stack, from, to }) => {
    const role = name.startsWith(`${stack}-master-`) ? 'master' : 'worker';
    const found = groups.find(({ spec, group }) => stackOf({ spec, group }) === stack && (group.role === 'master' ? 'master' : 'worker') === role);
    if (!found) throw new Error(`the server ${name} of the stack ${stack} is of no node group`);
    const [begin, end] = [from > period.from ? from : period.from, to !== null && to < period.to ? to : period.to];
    return [`${found.spec.bayId} ${found.group.name} ${flavor}`, Math.max(0, Date.parse(end) - Date.parse(begin))] as const;
  }));
}

export function sumOf(parts: readonly (readonly [key: string, milliseconds: number])[]): Bill {
  const bill: Record<string, number> = {};
  for (const [key, milliseconds] of parts) if (milliseconds > 0) bill[key] = (bill[key] ?? 0) + milliseconds;
  return bill;
}

function stackOf({ spec, group }: GroupOfBay): string {
  return group.isDefault ? bayStackName(spec) : groupStackName(spec, group);
}
