import { CloudError } from './cloud-error.ts';
import type { DocumentStore } from './document-store.ts';

/** What is limited in each project, by OpenStack's names, with the defaults here: roomy, since a sandbox is for trying. */
export const DEFAULT_QUOTAS = {
  instances: 20_000, cores: 100_000, ram: 200_000_000, server_groups: 20_000, network: 10_000, subnet: 10_000, port: 100_000,
  router: 10_000,
  floatingip: 20_000, security_group: 20_000, security_group_rule: 200_000, volumes: 20_000, gigabytes: 2_000_000, load_balancer: 10_000,
  stacks: 10_000,
} as const;

export type QuotaName = keyof typeof DEFAULT_QUOTAS;
export type Quotas = Record<QuotaName, number>;

const COLLECTION = 'quota';

/** How much of everything a project may have; -1 is as much as it likes. */
export class QuotaLimits {
  private readonly byProject: Map<string, Partial<Quotas>>;

  constructor(private readonly store: DocumentStore) {
    this.byProject = new Map(store.load(COLLECTION).map(({ id, document }) => [id, document as Partial<Quotas>]));
  }

  of(projectId: string): Quotas {
    return { ...DEFAULT_QUOTAS, ...this.byProject.get(projectId) };
  }

  set(projectId: string, limits: Partial<Quotas>): void {
    const all = { ...this.byProject.get(projectId), ...limits };
    this.byProject.set(projectId, all);
    this.store.put(COLLECTION, projectId, all);
  }

  /** @throws {CloudError} when `used` and what is asked for are more than the limit; worded as the service that counts it. */
  require(projectId: string, name: QuotaName, used: number, asked = 1): void {
    const limit = this.of(projectId)[name];
    if (limit >= 0 && used + asked > limit) throw overQuota(name, { used, asked, limit });
  }
}

interface Use {
  readonly used: number;
  readonly asked: number;
  readonly limit: number;
}

function overQuota(name: QuotaName, { used, asked, limit }: Use): CloudError {
  switch (name) {
    case 'instances': case 'cores': case 'ram': case 'server_groups':
      return new CloudError(
        'Forbidden', 403, `Quota exceeded for ${name}: Requested ${asked}, but already used ${used} of ${limit} ${name} (HTTP 403)`,
      );
    case 'volumes':
      return new CloudError(
        'OverLimit', 413, `VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota 'volumes'. (HTTP 413)`,
      );
    case 'gigabytes':
      return new CloudError('OverLimit', 413, 'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. '
        + `Requested ${asked}G, quota is ${limit}G and ${used}G has been consumed. (HTTP 413)`);
    case 'load_balancer':
      return new CloudError('OctaviaClientException', 403, 'Quota has been met for resources: Load Balancer (HTTP 403)');
    case 'stacks':
      return new CloudError('RequestLimitExceeded', 403, 'Request limit exceeded: You have reached the maximum stacks per tenant, '
        + `${limit}. Please delete some stacks.`);
    default:
      return new CloudError('OverQuotaClient', 409, `Quota exceeded for resources: ['${name}'].`);
  }
}
