import type { BayModelDocument } from '@jeroboam/read-model';
import { links, type BaseUrl } from '../wire/links.ts';
import { timestamp } from '../wire/timestamp.ts';

/** A bay model as Magnum shows a cluster template; lists show the same. */
export function clusterTemplateView(model: BayModelDocument, base: BaseUrl): Record<string, unknown> {
  return {
    uuid: model.id,
    name: model.name,
    coe: model.coe,
    image_id: model.imageId,
    flavor_id: model.flavorId,
    master_flavor_id: model.masterFlavorId,
    dns_nameserver: model.dnsNameserver,
    keypair_id: model.keypairId,
    external_network_id: model.externalNetworkId,
    fixed_network: model.fixedNetwork,
    fixed_subnet: model.fixedSubnet,
    network_driver: model.networkDriver,
    apiserver_port: model.apiserverPort,
    docker_volume_size: model.dockerVolumeSize,
    cluster_distro: model.clusterDistro,
    links: links(base, `clustertemplates/${model.id}`),
    http_proxy: model.httpProxy,
    https_proxy: model.httpsProxy,
    no_proxy: model.noProxy,
    volume_driver: model.volumeDriver,
    registry_enabled: model.registryEnabled,
    labels: model.labels,
    tls_disabled: model.tlsDisabled,
    public: model.public,
    server_type: model.serverType,
    insecure_registry: model.insecureRegistry,
    docker_storage_driver: model.dockerStorageDriver,
    master_lb_enabled: model.masterLbEnabled,
    floating_ip_enabled: model.floatingIpEnabled,
    project_id: model.projectId,
    user_id: model.userId,
    hidden: model.hidden,
    tags: model.tags,
    driver: model.driver,
    created_at: timestamp(model.createdAt),
    updated_at: timestamp(model.updatedAt),
  };
}
