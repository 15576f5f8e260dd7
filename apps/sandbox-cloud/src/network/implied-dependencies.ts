import { isMap, listed, same } from '../orchestration/hot/json.ts';
import type { Json } from '../orchestration/hot/json.ts';
import type { ResourceDefinition } from '../orchestration/hot/template.ts';

/** The networks that a resource is put on, as its template writes them. */
function networksOf({ properties }: ResourceDefinition): Json[] {
  const named = [properties['network'] ?? properties['network_id'] ?? null];
  const several = listed(properties['networks']).filter(isMap).map((each) => each['network'] ?? each['uuid'] ?? null);
  return [...named, ...several].filter((network) => network !== null);
}

/** As in Heat: what gets an address waits for the subnets of its network. */
export function subnetsOfItsNetwork(definition: ResourceDefinition, others: readonly ResourceDefinition[]): string[] {
  const networks = networksOf(definition);
  return others.filter((other) => other.type === 'OS::Neutron::Subnet' && networksOf(other).some((network) => networks.some((each) => same(each, network))))
    .map(({ name }) => name);
}

/** As in Heat: a floating address waits for the routers that lead to it, and is gone before them. */
export function routerInterfaces(_: ResourceDefinition, others: readonly ResourceDefinition[]): string[] {
  return others.filter(({ type }) => type === 'OS::Neutron::RouterInterface').map(({ name }) => name);
}
