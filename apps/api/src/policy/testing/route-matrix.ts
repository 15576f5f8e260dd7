import { TEMPLATE } from '../../testing/api-harness.ts';

/**
 * Who may use which route: contract sections 6.2 and 6.3. `route-matrix.spec.ts` asks the API about every row, for every
 * person, under two policies. A route without a row fails there: add one here.
 */

/** `FakeKeystone`'s people of project p1; what routes act on belongs to `member`. */
export const OWN = ['member', 'colleague', 'reader', 'member-only', 'no-role'] as const;
/** People of other projects, or of none. */
export const FOREIGN = ['stranger', 'foreign-reader', 'foreign-no-role', 'unscoped'] as const;
export type Person = (typeof OWN)[number] | (typeof FOREIGN)[number] | 'admin';

/** What routes act on. */
export type Thing = 'model' | 'bay' | 'operation' | 'project';

/** What a request names. `thing` is an id or name of the thing that the row is about, there or not. */
export interface Ids {
  readonly thing: string;
  /** A bay model that everybody may use. */
  readonly publicModel: string;
  /** Name of a node group that can be deleted. */
  readonly nodeGroup: string;
}

interface Request {
  readonly path: (ids: Ids) => string;
  readonly body?: (ids: Ids) => unknown;
  /** Minor version. @default the latest */
  readonly minor?: number;
}

/** Whoever has a token, or even without, is answered with the same. */
export interface FixedRow extends Request {
  readonly kind: 'public' | 'fixed';
  readonly answer: number;
}

/** Acts on nothing that is there: lists and makes. Whoever is not named gets 403. */
export interface FreeRow extends Request {
  readonly kind: 'free';
  readonly may: readonly Person[];
  readonly answer: number;
}

/** Acts on a thing of project p1. */
export interface ThingRow extends Request {
  readonly kind: 'thing';
  readonly of: Thing;
  /** Out of p1; the others of p1 get 403. */
  readonly may: readonly Person[];
  readonly answer: number;
  /** Whether an administrator of another project reaches it; why not, where not. */
  readonly admin: 'reaches' | { readonly misses: string };
  /** What is answered for a thing that is not there. @default 404 */
  readonly missing?: number;
  /** Whoever is allowed changes the thing, so each gets one of their own. */
  readonly uses?: true;
  /** Why people of other projects learn more than that there is nothing, with what they get. */
  readonly told?: { readonly status: number; readonly because: string };
}

export type Row = FixedRow | FreeRow | ThingRow;

const READERS: readonly Person[] = ['member', 'colleague', 'reader'];
const MEMBERS: readonly Person[] = ['member', 'colleague', 'member-only'];
const ANY_ROLE: readonly Person[] = ['member', 'colleague', 'reader', 'member-only'];
const OWNER: readonly Person[] = ['member'];
/** Of any project, about their own. */
const ALL_READERS: readonly Person[] = [...READERS, 'stranger', 'foreign-reader', 'admin'];
const ALL_MEMBERS: readonly Person[] = [...MEMBERS, 'stranger', 'admin'];
const OWN_ONLY = 'Contract 6.2: administrators do not act on other projects here.';
const NAMES_A_PROJECT = { status: 403, because: 'Contract 2.6 and 2.7: who names another project is told that it may not.' };

const everywhere = (path: string) => (): string => path;
const open = (path: string): FixedRow => ({ kind: 'public', answer: 200, path: everywhere(path) });
const fixed = (answer: number, path: string, body?: unknown): FixedRow => ({
  kind: 'fixed', answer, path: ({ thing }) => path.replace('THING', thing), ...(body === undefined ? {} : { body: () => body }),
});
const list = (path: string, may: readonly Person[] = ALL_READERS): FreeRow => ({ kind: 'free', answer: 200, may, path: everywhere(path) });
const free = (answer: number, path: string, may: readonly Person[], body: unknown): FreeRow => ({
  kind: 'free', answer, may, path: everywhere(path), body: () => body,
});

type More = Partial<Omit<ThingRow, 'path' | 'body'>> & { readonly body?: unknown };

/** @param path with `THING` and, where it names one, `GROUP`. */
function on(of: Thing, answer: number, path: string, may: readonly Person[], { body, ...more }: More = {}): ThingRow {
  const filledIn = (text: string, { thing, publicModel, nodeGroup }: Ids) => text
    .replaceAll('THING', thing).replaceAll('MODEL', publicModel).replaceAll('GROUP', nodeGroup);
  return {
    kind: 'thing', of, answer, may, admin: 'reaches', path: (ids) => filledIn(path, ids),
    ...(body === undefined ? {} : { body: (ids: Ids) => JSON.parse(filledIn(JSON.stringify(body), ids)) as unknown }), ...more,
  };
}

const misses = (reason: string) => ({ admin: { misses: reason } });
const rename = [{ op: 'replace', path: '/name', value: 'renamed' }];
const grow = [{ op: 'replace', path: '/node_count', value: 2 }];
const quotaOf = (projectId: string) => ({ project_id: projectId, resource: 'Cluster', hard_limit: 5 });

/** `clustertemplates`, or as they were called. */
function bayModelRows(name: string, minor: number): Record<string, Row> {
  const rows: Record<string, Row> = {
    [`GET /${name}`]: list(`/${name}`),
    [`GET /${name}/detail`]: list(`/${name}/detail`),
    [`GET /${name}/:ident`]: on('model', 200, `/${name}/THING`, READERS),
    [`POST /${name}`]: free(201, `/${name}`, ALL_MEMBERS, TEMPLATE),
    [`POST /${name}/:ident`]: fixed(400, `/${name}/THING`, TEMPLATE),
    [`PATCH /${name}/:ident`]: on('model', 200, `/${name}/THING`, MEMBERS, {
      body: rename, uses: true, ...misses('Contract 2.1: Magnum looks for it before it lets an administrator see what belongs to others.'),
    }),
    [`PATCH /${name}`]: fixed(400, `/${name}`),
    [`DELETE /${name}/:ident`]: on('model', 204, `/${name}/THING`, MEMBERS, { uses: true }),
    [`DELETE /${name}`]: fixed(400, `/${name}`),
  };
  return inVersion(rows, minor);
}

/** `clusters`, or as they were called. */
function bayRows(name: string, model: string, minor: number, missingModel: number): Record<string, Row> {
  const rows: Record<string, Row> = {
    [`GET /${name}`]: list(`/${name}`),
    [`GET /${name}/detail`]: list(`/${name}/detail`),
    [`GET /${name}/:ident`]: on('bay', 200, `/${name}/THING`, READERS),
    [`POST /${name}`]: on('model', 202, `/${name}`, MEMBERS, {
      body: { name: 'made', [model]: 'THING' }, missing: missingModel, ...misses('Contract 6.3: the private template of another project.'),
    }),
    [`POST /${name}/:ident`]: fixed(400, `/${name}/THING`, {}),
    [`PATCH /${name}/:ident`]: on('bay', 202, `/${name}/THING`, MEMBERS, { body: grow, uses: true }),
    [`PATCH /${name}`]: fixed(400, `/${name}`),
    [`DELETE /${name}/:ident`]: on('bay', 204, `/${name}/THING`, MEMBERS, { uses: true }),
    [`DELETE /${name}`]: fixed(400, `/${name}`),
  };
  return inVersion(rows, minor);
}

function inVersion(rows: Record<string, Row>, minor: number): Record<string, Row> {
  return Object.fromEntries(Object.entries(rows).map(([route, row]) => [route, { ...row, minor }]));
}

const LATEST = 14;
const group = '/clusters/THING/nodegroups';

export const ROUTES: Readonly<Record<string, Row>> = {
  'GET /': open('/'),
  'GET /v1': open('/v1'),
  'GET /healthcheck': open('/healthcheck'),
  'GET /openapi.json': open('/v1/openapi.json'),

  ...bayModelRows('clustertemplates', LATEST),
  ...bayModelRows('baymodels', 10),
  ...bayRows('clusters', 'cluster_template_id', LATEST, 404),
  ...bayRows('bays', 'baymodel_id', 10, 400),
  'GET /clusters/:ident/detail': fixed(404, '/clusters/THING/detail'),
  'POST /clusters/:ident/actions/resize': on('bay', 202, '/clusters/THING/actions/resize', MEMBERS, {
    body: { node_count: 2 }, uses: true, ...misses(OWN_ONLY),
  }),
  'POST /clusters/:ident/actions/upgrade': on('bay', 202, '/clusters/THING/actions/upgrade', MEMBERS, {
    body: { cluster_template: 'MODEL' }, uses: true,
  }),
  'POST /clusters/:ident/actions/rotate_credential': on('bay', 202, '/clusters/THING/actions/rotate_credential', MEMBERS, {
    body: { rebind_owner: true }, uses: true, ...misses(OWN_ONLY),
  }),
  'POST /clusters/:ident/actions/upgrade_template': on('bay', 202, '/clusters/THING/actions/upgrade_template', MEMBERS, {
    body: { template_version: '1.11.0' }, uses: true,
  }),
  'ALL /clusters/:ident/actions': fixed(405, '/clusters/THING/actions'),
  'ALL /clusters/:ident/actions/:action': fixed(405, '/clusters/THING/actions/explode'),

  'GET /clusters/:cluster/nodegroups': on('bay', 200, group, READERS),
  'GET /clusters/:cluster/nodegroups/:ident': on('bay', 200, `${group}/default-worker`, READERS),
  'POST /clusters/:cluster/nodegroups': on('bay', 202, group, MEMBERS, { body: { name: 'more' }, uses: true, ...misses(OWN_ONLY) }),
  'PATCH /clusters/:cluster/nodegroups/:ident': on('bay', 202, `${group}/default-worker`, MEMBERS, {
    body: [{ op: 'replace', path: '/max_node_count', value: 9 }], uses: true, ...misses(OWN_ONLY),
  }),
  'DELETE /clusters/:cluster/nodegroups/:ident': on('bay', 204, `${group}/GROUP`, MEMBERS, { uses: true, ...misses(OWN_ONLY) }),

  // A certificate makes its owner an administrator of the bay, so it is the user's and not the project's.
  'GET /certificates/:ident': on('bay', 200, '/certificates/THING', OWNER, misses(OWN_ONLY)),
  'POST /certificates': on('bay', 201, '/certificates', OWNER, {
    body: { cluster_uuid: 'THING', csr: 'a csr' }, missing: 400, ...misses(OWN_ONLY),
  }),
  'PATCH /certificates/:ident': on('bay', 202, '/certificates/THING', MEMBERS, { uses: true, ...misses(OWN_ONLY) }),
  'PATCH /credentials/:ident': on('bay', 202, '/credentials/THING', MEMBERS, { uses: true, ...misses(OWN_ONLY) }),

  // No policy opens it to users: what is answered is for a node's own use.
  'GET /clusters/:ident/credentials/:purpose': fixed(403, '/clusters/THING/credentials/volume'),

  'GET /operations/:id': on('operation', 200, '/operations/THING', READERS),
  'GET /clusters/:ident/events': on('bay', 200, '/clusters/THING/events', ANY_ROLE),
  'GET /clusters/:ident/operations': on('bay', 200, '/clusters/THING/operations', ANY_ROLE),
  'GET /clusters/:ident/nodes': on('bay', 200, '/clusters/THING/nodes', READERS),
  'POST /clusters/:ident/nodes': on('bay', 202, '/clusters/THING/nodes', MEMBERS, { body: {}, uses: true, ...misses(OWN_ONLY) }),
  'DELETE /clusters/:ident/nodes/:node': on('bay', 202, '/clusters/THING/nodes/default-worker-0', MEMBERS, { uses: true, ...misses(OWN_ONLY) }),
  'POST /clusters/:ident/nodes/:node/actions/replace': on('bay', 202, '/clusters/THING/nodes/default-worker-0/actions/replace', MEMBERS, { uses: true, ...misses(OWN_ONLY) }),
  'GET /clusters/:ident/warnings': on('bay', 200, '/clusters/THING/warnings', READERS),
  // A stream would not end: one that is let in is refused for a category that there is not.
  'GET /events': on('bay', 400, '/events?bay=THING&category=nonsense', ANY_ROLE),
  'GET /drivers': list('/drivers', [...ANY_ROLE, 'stranger', 'foreign-reader', 'unscoped', 'admin']),
  'PATCH /drivers/:name/:version': free(200, '/drivers/swarm_test/1.2.0', ['admin'], { state: 'active' }),
  'GET /drivers/:name/:version': list('/drivers/swarm_test/1.2.0', [...ANY_ROLE, 'stranger', 'foreign-reader', 'unscoped', 'admin']),
  'GET /extensions': list('/extensions', [...ANY_ROLE, 'stranger', 'foreign-reader', 'unscoped', 'admin']),
  'GET /extensions/:alias': list('/extensions/test', [...ANY_ROLE, 'stranger', 'foreign-reader', 'unscoped', 'admin']),
  'GET /clusters/:ident/ext/:alias/:path': on('bay', 200, '/clusters/THING/ext/test/look', READERS),
  'POST /clusters/:ident/ext/:alias/:path': on('bay', 202, '/clusters/THING/ext/test/touch', MEMBERS, { body: { node: 'default-worker-0' }, uses: true }),
  'GET /deprecations': list('/deprecations'),

  'GET /quotas': list('/quotas', ['admin']),
  'GET /quotas/:project/:resource': on('project', 200, '/quotas/THING/Cluster', READERS, { told: NAMES_A_PROJECT }),
  'POST /quotas': free(201, '/quotas', ['admin'], quotaOf('p2')),
  'PATCH /quotas/:project/:resource': free(202, '/quotas/p9/Cluster', ['admin'], { hard_limit: 7 }),
  'DELETE /quotas/:project/:resource': free(204, '/quotas/p9/Cluster', ['admin'], undefined),
  'DELETE /quotas': free(204, '/quotas', ['admin'], { project_id: 'p9', resource: 'Cluster' }),
  'GET /quotas/:project': fixed(400, '/quotas/p1'),
  'PATCH /quotas/:project': fixed(400, '/quotas/p1'),
  'DELETE /quotas/:project': fixed(400, '/quotas/p1'),
  'PATCH /quotas': fixed(400, '/quotas'),
  'POST /quotas/:project': fixed(400, '/quotas/p1', {}),
  'GET /stats': on('project', 200, '/stats?project_id=THING', READERS, { told: NAMES_A_PROJECT }),
  'GET /usage': on('project', 200, '/usage?project_id=THING', READERS, { told: NAMES_A_PROJECT }),
  'GET /mservices': list('/mservices', ['admin']),

  // There is no way past for administrators, and never a federation.
  'GET /federations': list('/federations', [...READERS, 'stranger', 'foreign-reader']),
  'GET /federations/detail': list('/federations/detail', [...READERS, 'stranger', 'foreign-reader']),
  'GET /federations/:ident': fixed(404, '/federations/THING'),
  'POST /federations': on('bay', 202, '/federations', MEMBERS, {
    body: { hostcluster_id: 'THING', properties: { 'dns-zone': 'example.org' } }, ...misses(OWN_ONLY),
  }),
  'POST /federations/:ident': fixed(400, '/federations/THING', {}),
  'PATCH /federations/:ident': fixed(404, '/federations/THING', []),
  'DELETE /federations/:ident': fixed(404, '/federations/THING'),
  'PATCH /federations': fixed(400, '/federations'),
  'DELETE /federations': fixed(400, '/federations'),
};
