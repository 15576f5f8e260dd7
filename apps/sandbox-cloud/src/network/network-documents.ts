import type { Network, Subnet } from '../cloud/cloud.ts';

const MADE_AT = '2026-01-01T00:00:00Z';

export function networkDocument(network: Network): Readonly<Record<string, unknown>> {
  const { id, name, external, shared, portSecurity, ownerId, subnets } = network;
  return {
    id, name, shared, 'router:external': external, subnets: subnets.map((subnet) => subnet.id), project_id: ownerId, tenant_id: ownerId,
    admin_state_up: true, status: 'ACTIVE', mtu: 1_500, description: '', tags: [], availability_zones: [], availability_zone_hints: [],
    ipv4_address_scope: null, ipv6_address_scope: null, port_security_enabled: portSecurity,
    created_at: MADE_AT, updated_at: MADE_AT, revision_number: 1,
  };
}

export function subnetDocument(subnet: Subnet, ownerId: string): Readonly<Record<string, unknown>> {
  const { id, name, cidr, networkId } = subnet;
  return {
    id, name, cidr, network_id: networkId, project_id: ownerId, tenant_id: ownerId, ip_version: cidr.includes(':') ? 6 : 4, enable_dhcp: true,
    gateway_ip: gatewayOf(cidr), allocation_pools: [], dns_nameservers: [], host_routes: [], service_types: [], subnetpool_id: null,
    ipv6_address_mode: null, ipv6_ra_mode: null, description: '', tags: [], created_at: MADE_AT, updated_at: MADE_AT, revision_number: 1,
  };
}

export const EXTENSIONS = [{
  alias: 'external-net',
  name: 'Neutron external network',
  description: 'Adds external network attribute to network resource.',
  updated: MADE_AT,
  links: [],
}];

/** The first address of the network, as Neutron chooses it. */
function gatewayOf(cidr: string): string {
  const [address = ''] = cidr.split('/');
  if (address.endsWith('::')) return `${address}1`;
  return address.replace(/\.(\d+)$/, (_, last: string) => `.${Number(last) + 1}`);
}
