import type { OperationDocument } from '@jeroboam/read-model';
import { links, type BaseUrl } from '../wire/links.ts';
import { timestamp } from '../wire/timestamp.ts';

/** An operation as clients see it. It is an addition of ours: `bay-ops` 1.0. */
export function operationView(operation: OperationDocument, base: BaseUrl): Record<string, unknown> {
  return {
    id: operation.id,
    kind: operation.kind,
    cluster_uuid: operation.bayId,
    nodegroup: operation.nodeGroup,
    state: operation.state,
    project_id: operation.projectId,
    requested_by: operation.requestedBy,
    request_id: operation.requestId,
    correlation_id: operation.correlationId,
    deadline: timestamp(operation.deadline),
    attempt: operation.attempt,
    steps: operation.steps.map((step) => ({
      name: step.name,
      state: step.state,
      attempts: step.attempts,
      started_at: timestamp(step.startedAt),
      finished_at: timestamp(step.finishedAt),
      error: step.error,
      blocked_by: step.blockedBy,
    })),
    result: operation.result,
    links: links(base, `operations/${operation.id}`),
    created_at: timestamp(operation.createdAt),
    finished_at: timestamp(operation.finishedAt),
  };
}
