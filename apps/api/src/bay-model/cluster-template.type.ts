import type { DriverRegistry } from '@jeroboam/driver-sdk';
import { boolean, dnsServers, ignored, integer, labels, mandatory, oneOf, readOnly, string, uuid } from '../wire/attribute.ts';
import { ResourceType, type Read } from '../wire/resource-type.ts';

const name255 = () => string({ min: 1, max: 255 });

/** What Magnum has ever known, in the order in which it named them. */
const MAGNUM_COES = ['kubernetes', 'mesos', 'dcos', 'swarm', 'swarm-mode'];

/**
 * What may be sent of a cluster template, in Magnum's order: contract section 2.1.
 * @param drivers what they can make may be asked for as well; that a driver is there for the rest is looked at later.
 */
export const clusterTemplateFields = (drivers: Pick<DriverRegistry, 'manifests'>) => ({
  uuid: uuid(),
  name: name255(),
  coe: mandatory(oneOf(...coesOf(drivers))),
  image_id: mandatory(name255()),
  flavor_id: name255(),
  master_flavor_id: name255(),
  dns_nameserver: dnsServers(),
  keypair_id: name255(),
  external_network_id: name255(),
  fixed_network: name255(),
  fixed_subnet: name255(),
  network_driver: name255(),
  apiserver_port: integer(1024, 65_535),
  docker_volume_size: integer(1),
  cluster_distro: name255(),
  links: readOnly(ignored()),
  http_proxy: name255(),
  https_proxy: name255(),
  no_proxy: name255(),
  volume_driver: name255(),
  registry_enabled: boolean(),
  labels: labels(),
  tls_disabled: boolean(),
  public: boolean(),
  server_type: oneOf('vm', 'bm'),
  insecure_registry: name255(),
  docker_storage_driver: name255(),
  master_lb_enabled: boolean(),
  floating_ip_enabled: boolean(),
  project_id: readOnly(ignored()),
  user_id: readOnly(ignored()),
  hidden: boolean(),
  tags: string({ min: 0, max: 255 }),
  driver: name255(),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});

export const clusterTemplateType = (drivers: Pick<DriverRegistry, 'manifests'>) =>
  new ResourceType('cluster_template', clusterTemplateFields(drivers));

export type ClusterTemplateType = ReturnType<typeof clusterTemplateType>;
export type ClusterTemplateFields = ClusterTemplateType extends ResourceType<infer A> ? Read<A> : never;

function coesOf({ manifests }: Pick<DriverRegistry, 'manifests'>): readonly string[] {
  return [...new Set([...MAGNUM_COES, ...manifests.flatMap(({ provides }) => provides.map(({ coe }) => coe))])];
}
