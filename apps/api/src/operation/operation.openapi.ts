import { Described, json } from '../openapi/describe.ts';
import { INTEGER, TEXT, TIME, UUID, listOf, named, nullable, object, words } from '../openapi/schema.ts';
import { LINKS, pageOf } from '../openapi/shapes.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';

const STEP = named('OperationStep', object({
  name: TEXT,
  state: words('PENDING', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED'),
  attempts: INTEGER,
  started_at: nullable(TIME),
  finished_at: nullable(TIME),
  error: nullable(TEXT),
  blocked_by: listOf(TEXT),
}));

const OPERATION = named('Operation', object({
  id: TEXT,
  kind: TEXT,
  cluster_uuid: UUID,
  nodegroup: nullable(TEXT),
  state: words('ACCEPTED', 'QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'SUPERSEDED', 'TIMED_OUT'),
  project_id: TEXT,
  requested_by: TEXT,
  request_id: TEXT,
  correlation_id: TEXT,
  deadline: nullable(TIME),
  attempt: INTEGER,
  steps: listOf(STEP),
  result: { ...nullable({ type: 'object' }), description: 'Outputs after a success, `reason` otherwise; null while it goes on.' },
  links: LINKS,
  created_at: TIME,
  finished_at: nullable(TIME),
}));

export const OperationsDescribed = Described({
  show: { summary: 'Show an operation', answers: { 200: json(OPERATION) } },
});

export const BayOperationsDescribed = Described({
  list: {
    summary: 'List the operations of a cluster', query: PAGE_ARGUMENTS, answers: { 200: json(pageOf('operations', OPERATION)) },
    refusals: [409],
  },
});
