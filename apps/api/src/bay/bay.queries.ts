import { BayNotFound } from '@jeroboam/domain';
import { BAYS } from '@jeroboam/read-model';
import type { BayDocument, Query, ReadModel } from '@jeroboam/read-model';
import { projectOf, type Caller } from '../auth/caller.ts';
import { DocumentLoader } from '../read/document-loader.ts';
import { NameAmbiguous, findOne } from '../wire/find-one.ts';
import { readPage, type Page, type PageArguments } from '../wire/page.ts';

/** Columns of Magnum's that one may sort by, with the fields they are kept in. */
const SORT_KEYS: Readonly<Record<string, string>> = {
  id: 'created', uuid: 'id', name: 'name', project_id: 'projectId', user_id: 'userId', cluster_template_id: 'bayModelId', status: 'status',
  health_status: 'healthStatus', stack_id: 'stackId', api_address: 'apiAddress', coe_version: 'coeVersion', created_at: 'createdAt',
  updated_at: 'updatedAt',
};
/** The others that clients can see. How many nodes there are is no column in Magnum: one cannot sort by that. */
const SELDOM_KEYS: Readonly<Record<string, (bay: BayDocument) => unknown>> = {
  keypair: ({ spec }) => spec.keypair, docker_volume_size: ({ spec }) => spec.dockerVolumeSize, labels: ({ spec }) => spec.labels,
  master_flavor_id: ({ spec }) => spec.masterFlavorId, flavor_id: ({ spec }) => spec.flavorId, status_reason: (bay) => bay.statusReason,
  health_status_reason: (bay) => bay.healthStatusReason, create_timeout: ({ spec }) => spec.createTimeoutMinutes,
  discovery_url: (bay) => bay.discoveryUrl, container_version: (bay) => bay.containerVersion, fixed_network: ({ spec }) => spec.fixedNetwork,
  fixed_subnet: ({ spec }) => spec.fixedSubnet, floating_ip_enabled: ({ spec }) => spec.floatingIpEnabled,
  master_lb_enabled: ({ spec }) => spec.masterLbEnabled,
};

/** Bays as one caller sees them: those of the own project; administrators see all (contract section 6.2). */
export class BayQueries {
  readonly #loader: DocumentLoader<BayDocument>;

  constructor(
    private readonly readModel: ReadModel,
    private readonly maxLimit: number,
  ) {
    this.#loader = new DocumentLoader(readModel, BAYS.name);
  }

  /**
   * @param scope `own`: also an administrator sees those of the own project only.
   * @throws {BayNotFound} {NameAmbiguous}
   */
  find(caller: Caller, ident: string, scope: 'all' | 'own' = 'all'): Promise<BayDocument> {
    const everything = caller.isAdmin && scope === 'all';
    const projectId = projectOf(caller);
    return findOne<BayDocument>(this.readModel, ident, {
      collection: BAYS.name,
      loader: this.#loader,
      where: everything ? undefined : { projectId },
      isVisible: (bay) => everything || bay.projectId === projectId,
      missing: () => new BayNotFound(ident),
      ambiguous: () => new NameAmbiguous('clusters', 'cluster'),
    });
  }

  list(caller: Caller, page: PageArguments): Promise<Page<BayDocument>> {
    const where: Query['where'] = caller.isAdmin ? undefined : { projectId: projectOf(caller) };
    const list = {
      collection: BAYS.name, sortKeys: SORT_KEYS, seldomKeys: SELDOM_KEYS, where, maxLimit: this.maxLimit, marker: (id: string) => this.find(caller, id),
    };
    return readPage<BayDocument>(this.readModel, list, page);
  }
}
