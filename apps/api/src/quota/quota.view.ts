import type { QuotaDocument } from '@jeroboam/read-model';
import { timestamp } from '../wire/timestamp.ts';
import { CLUSTER } from './quota.type.ts';

export function quotaView(quota: QuotaDocument): object {
  return {
    id: quota.number, hard_limit: quota.hardLimit, project_id: quota.projectId, resource: CLUSTER,
    created_at: timestamp(quota.createdAt), updated_at: timestamp(quota.updatedAt),
  };
}

/** What Magnum makes up where there is no row: three keys, and `Cluster` whatever was asked about. */
export function defaultQuotaView(projectId: string, hardLimit: number): object {
  return { hard_limit: hardLimit, project_id: projectId, resource: CLUSTER };
}
