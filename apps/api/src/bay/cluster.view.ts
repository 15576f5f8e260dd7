import type { BayDocument, BayModelDocument } from '@jeroboam/read-model';
import { links, type BaseUrl } from '../wire/links.ts';
import { timestamp } from '../wire/timestamp.ts';

type Labels = Readonly<Record<string, string>>;

/** First minor version that calls the outside name of a bay `cluster_id`; before, it is `stack_id`. */
const CLUSTER_ID_SINCE = 13;

/** A bay in a list of clusters. */
export function clusterSummary(bay: BayDocument, base: BaseUrl, minor: number): Record<string, unknown> {
  const { spec } = bay;
  return {
    uuid: bay.id,
    name: bay.name,
    cluster_template_id: bay.bayModelId,
    keypair: spec.keypair,
    node_count: bay.nodeCount,
    master_count: bay.masterCount,
    docker_volume_size: spec.dockerVolumeSize,
    labels: spec.labels,
    master_flavor_id: spec.masterFlavorId,
    flavor_id: spec.flavorId,
    create_timeout: spec.createTimeoutMinutes,
    links: links(base, `clusters/${bay.id}`),
    [minor >= CLUSTER_ID_SINCE ? 'cluster_id' : 'stack_id']: bay.stackId,
    status: bay.status,
    health_status: bay.healthStatus,
    // It belongs to requests only; Magnum shows it all the same, and always so.
    merge_labels: false,
  };
}

/**
 * A bay as Magnum shows a cluster.
 * @param modelLabels those of its bay model; undefined when that is gone.
 */
export function clusterDetail(bay: BayDocument, modelLabels: Labels | undefined, base: BaseUrl, minor: number): Record<string, unknown> {
  const { spec } = bay;
  return {
    uuid: bay.id,
    name: bay.name,
    cluster_template_id: bay.bayModelId,
    keypair: spec.keypair,
    node_count: bay.nodeCount,
    master_count: bay.masterCount,
    docker_volume_size: spec.dockerVolumeSize,
    labels: spec.labels,
    master_flavor_id: spec.masterFlavorId,
    flavor_id: spec.flavorId,
    create_timeout: spec.createTimeoutMinutes,
    links: links(base, `clusters/${bay.id}`),
    [minor >= CLUSTER_ID_SINCE ? 'cluster_id' : 'stack_id']: bay.stackId,
    status: bay.status,
    status_reason: bay.statusReason,
    health_status: bay.healthStatus,
    health_status_reason: bay.healthStatusReason,
    discovery_url: bay.discoveryUrl,
    api_address: bay.apiAddress,
    coe_version: bay.coeVersion,
    container_version: bay.containerVersion,
    project_id: bay.projectId,
    user_id: bay.userId,
    node_addresses: bay.nodeAddresses,
    master_addresses: bay.masterAddresses,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    floating_ip_enabled: spec.floatingIpEnabled,
    merge_labels: false,
    ...comparedLabels(spec.labels, modelLabels ?? spec.labels),
    master_lb_enabled: spec.masterLbEnabled,
    created_at: timestamp(bay.createdAt),
    updated_at: timestamp(bay.updatedAt),
  };
}

/** The answer to a GET of one bay: only there, and only after a failure, Magnum names what failed. */
export function clusterView(bay: BayDocument, modelLabels: Labels | undefined, base: BaseUrl, minor: number): Record<string, unknown> {
  const detail = clusterDetail(bay, modelLabels, base, minor);
  return bay.status.endsWith('_FAILED') ? { ...detail, faults: bay.faults } : detail;
}

interface Written {
  readonly model: BayModelDocument | undefined;
  readonly base: BaseUrl;
  readonly minor: number;
  readonly text: string;
}

/**
 * Bays as text. Who asks for a bay that has not changed is given the same document as others before, so it is written
 * out once for all of them.
 */
export class ClusterTexts {
  readonly #shown = new WeakMap<BayDocument, Written>();
  readonly #listed = new WeakMap<BayDocument, Written>();

  /** The answer to a GET of one bay. */
  shown(bay: BayDocument, model: BayModelDocument | undefined, base: BaseUrl, minor: number): string {
    return written(this.#shown, bay, { model, base, minor }, () => clusterView(bay, model?.labels, base, minor));
  }

  /** Its place in a list. */
  listed(bay: BayDocument, base: BaseUrl, minor: number): string {
    return written(this.#listed, bay, { model: undefined, base, minor }, () => clusterSummary(bay, base, minor));
  }
}

function written(texts: WeakMap<BayDocument, Written>, bay: BayDocument, by: Omit<Written, 'text'>, view: () => object): string {
  const before = texts.get(bay);
  if (before?.model === by.model && before?.base === by.base && before.minor === by.minor) return before.text;
  const text = JSON.stringify(view());
  texts.set(bay, { ...by, text });
  return text;
}

const SAME = { labels_overridden: {}, labels_added: {}, labels_skipped: {} };

/** How a bay's labels differ from its model's. What was overridden shows the model's value. */
export function comparedLabels(own: Labels, model: Labels): { labels_overridden: Labels; labels_added: Labels; labels_skipped: Labels } {
  if (own === model) return SAME;
  const of = (labels: Labels, isWanted: (name: string) => boolean) => Object.fromEntries(
    Object.entries(labels).filter(([name]) => isWanted(name)),
  );
  return {
    labels_overridden: of(model, (name) => Object.hasOwn(own, name) && own[name] !== model[name]),
    labels_added: of(own, (name) => !Object.hasOwn(model, name)),
    labels_skipped: of(model, (name) => !Object.hasOwn(own, name)),
  };
}
