import { BayModelNotFound } from '@jeroboam/domain';
import { BAYS, BAY_MODELS, EVERYBODY } from '@jeroboam/read-model';
import type { BayModelDocument, Query, ReadModel } from '@jeroboam/read-model';
import { projectOf, type Caller } from '../auth/caller.ts';
import { DocumentLoader } from '../read/document-loader.ts';
import { NameAmbiguous, findOne } from '../wire/find-one.ts';
import { readPage, type Page, type PageArguments } from '../wire/page.ts';

/** Columns of Magnum's that one may sort by, with the fields they are kept in. */
const SORT_KEYS: Readonly<Record<string, string>> = {
  id: 'created', uuid: 'id', name: 'name', project_id: 'projectId', user_id: 'userId', coe: 'coe', image_id: 'imageId',
  cluster_distro: 'clusterDistro',
  keypair_id: 'keypairId', external_network_id: 'externalNetworkId', fixed_network: 'fixedNetwork', fixed_subnet: 'fixedSubnet',
  network_driver: 'networkDriver', volume_driver: 'volumeDriver', docker_storage_driver: 'dockerStorageDriver',
  docker_volume_size: 'dockerVolumeSize',
  flavor_id: 'flavorId', master_flavor_id: 'masterFlavorId', dns_nameserver: 'dnsNameserver', apiserver_port: 'apiserverPort',
  server_type: 'serverType', registry_enabled: 'registryEnabled', tls_disabled: 'tlsDisabled', public: 'public', hidden: 'hidden',
  master_lb_enabled: 'masterLbEnabled', floating_ip_enabled: 'floatingIpEnabled', driver: 'driver', created_at: 'createdAt',
  updated_at: 'updatedAt',
};
const SELDOM_KEYS: Readonly<Record<string, (model: BayModelDocument) => unknown>> = {
  tags: ({ tags }) => tags, labels: ({ labels }) => labels, http_proxy: ({ httpProxy }) => httpProxy, https_proxy: ({ httpsProxy }) => httpsProxy,
  no_proxy: ({ noProxy }) => noProxy, insecure_registry: ({ insecureRegistry }) => insecureRegistry,
};

/** Bay models as one caller sees them: those of the own project and the public ones that are not hidden; administrators see all. */
export class BayModelQueries {
  readonly #loader: DocumentLoader<BayModelDocument>;

  constructor(
    private readonly readModel: ReadModel,
    private readonly maxLimit: number,
  ) {
    this.#loader = new DocumentLoader(readModel, BAY_MODELS.name);
  }

  /**
   * @param scope `own`: also an administrator sees what a member of the project would.
   * @throws {BayModelNotFound} {NameAmbiguous}
   */
  find(caller: Caller, ident: string, scope: 'all' | 'own' = 'all'): Promise<BayModelDocument> {
    const where = scope === 'all' ? visibleTo(caller) : ownOf(caller);
    return findOne<BayModelDocument>(this.readModel, ident, {
      collection: BAY_MODELS.name,
      loader: this.#loader,
      where,
      isVisible: (model) => where === undefined || model.visibleTo === EVERYBODY || model.visibleTo === projectOf(caller),
      missing: () => new BayModelNotFound(ident),
      ambiguous: () => new NameAmbiguous('ClusterTemplates', 'ClusterTemplate'),
    });
  }

  list(caller: Caller, page: PageArguments): Promise<Page<BayModelDocument>> {
    const list = {
      collection: BAY_MODELS.name, sortKeys: SORT_KEYS, seldomKeys: SELDOM_KEYS, where: visibleTo(caller), maxLimit: this.maxLimit,
      marker: (id: string) => this.find(caller, id),
    };
    return readPage<BayModelDocument>(this.readModel, list, page);
  }

  /** Whoever may see the bay may see what its labels are compared with. */
  get(bayModelId: string): Promise<BayModelDocument | undefined> {
    return this.#loader.get(bayModelId);
  }

  byIds(bayModelIds: readonly string[]): Promise<readonly BayModelDocument[]> {
    return this.readModel.find<BayModelDocument>(BAY_MODELS.name, { where: { id: bayModelIds } });
  }

  async isReferenced(bayModelId: string): Promise<boolean> {
    return (await this.readModel.count(BAYS.name, { bayModelId })) > 0;
  }
}

function visibleTo(caller: Caller): Query['where'] {
  return caller.isAdmin ? undefined : ownOf(caller);
}

function ownOf(caller: Caller): Query['where'] {
  return { visibleTo: [projectOf(caller), EVERYBODY] };
}
