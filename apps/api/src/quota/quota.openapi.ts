import { Described, alwaysRefused, json, nothing } from '../openapi/describe.ts';
import { INTEGER, TEXT, TIME, named, nullable, object } from '../openapi/schema.ts';
import { pageOf } from '../openapi/shapes.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { booleanArgument, integerArgument } from '../wire/query.ts';
import { CLUSTER, QUOTA } from './quota.type.ts';

/** A page by whole numbers, as quotas have no other ids. */
export const LIST_ARGUMENTS = { ...PAGE_ARGUMENTS, marker: integerArgument, all_tenants: booleanArgument };

const LIMIT = { hard_limit: INTEGER, project_id: TEXT, resource: { const: CLUSTER } };
const ROW = named('Quota', object({ id: INTEGER, ...LIMIT, created_at: TIME, updated_at: nullable(TIME) }));
const DEFAULT = named('DefaultQuota', object(LIMIT));
const body = { name: 'QuotaFields', type: QUOTA };
const nameInBody = { name: 'QuotaName', type: { schema: object({ project_id: TEXT, resource: TEXT }) }, required: false };

export const QuotasDescribed = Described({
  list: { summary: 'List quotas', query: LIST_ARGUMENTS, answers: { 200: json(pageOf('quotas', ROW)) } },
  show: { summary: 'Show the quota of a project', answers: { 200: json({ oneOf: [ROW, DEFAULT] }, 'Its own or the default.') } },
  create: { summary: 'Give a project a quota', body, answers: { 201: json(ROW, 'It is there.') }, refusals: [404, 409] },
  change: { summary: 'Change a quota', description: 'By an object, not a patch.', body, answers: { 202: json(ROW, 'It is changed.') } },
  remove: { summary: 'Delete a quota', answers: { 204: nothing('The default counts again.') } },
  removeNamedInBody: {
    summary: 'Delete a quota that the body names', body: nameInBody,
    answers: { 204: nothing('The default counts again.') },
    refusals: [404],
  },
  showNoResource: alwaysRefused('Nothing: a resource must be named'),
  changeNoResource: alwaysRefused('Nothing: a resource must be named'),
  removeNoResource: alwaysRefused('Nothing: a resource must be named'),
  changeNothing: alwaysRefused('Nothing: a project must be named'),
  createAt: alwaysRefused('Nothing: Magnum takes the identifier for the body'),
});
