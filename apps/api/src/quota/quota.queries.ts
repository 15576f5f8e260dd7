import { DomainError, QuotaNotFound } from '@jeroboam/domain';
import { QUOTAS } from '@jeroboam/read-model';
import type { QuotaDocument, ReadModel } from '@jeroboam/read-model';
import { readPage, type Page, type PageArguments } from '../wire/page.ts';
import { CLUSTER } from './quota.type.ts';

/** Columns of Magnum's that one may sort by. `resource` is the same in all rows, which leaves the order of creation. */
const SORT_KEYS: Readonly<Record<string, string>> = {
  id: 'number', project_id: 'projectId', resource: 'number', hard_limit: 'hardLimit', created_at: 'createdAt', updated_at: 'updatedAt',
};

class QuotaMarkerNotFound extends DomainError {
  readonly code = 'QUOTA_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(marker: string) {
    super(`Quota could not be found: id ${marker}.`, { marker });
  }
}

/** Quotas that projects have of their own. Who may see them is the controller's to say. */
export class QuotaQueries {
  constructor(
    private readonly readModel: ReadModel,
    private readonly maxLimit: number,
  ) {}

  /** Undefined where the default applies: only clusters have quotas. */
  async get(projectId: string, resource: string = CLUSTER): Promise<QuotaDocument | undefined> {
    return resource === CLUSTER ? this.readModel.get<QuotaDocument>(QUOTAS.name, projectId) : undefined;
  }

  /** @throws {QuotaNotFound} */
  async find(projectId: string, resource: string): Promise<QuotaDocument> {
    const quota = await this.get(projectId, resource);
    if (quota === undefined) throw new QuotaNotFound(projectId, resource);
    return quota;
  }

  /** @param projectId only of this one; undefined: of all. */
  list(projectId: string | undefined, page: PageArguments): Promise<Page<QuotaDocument>> {
    const list = {
      collection: QUOTAS.name, sortKeys: SORT_KEYS, where: projectId === undefined ? undefined : { projectId }, maxLimit: this.maxLimit,
      marker: (number: string) => this.byNumber(number), markerOf: (quota: QuotaDocument) => String(quota.number),
    };
    return readPage<QuotaDocument>(this.readModel, list, page);
  }

  private async byNumber(number: string): Promise<QuotaDocument> {
    const [quota] = await this.readModel.find<QuotaDocument>(QUOTAS.name, { where: { number: Number(number) }, limit: 1 });
    if (quota === undefined) throw new QuotaMarkerNotFound(number);
    return quota;
  }
}
