import type { DriverRegistry } from '@jeroboam/driver-sdk';
import { MAX_MINOR } from '../wire/microversion.ts';
import { DEPRECATION_HEADERS, REFUSALS, REQUEST_ID, VERSION_HEADERS, type Headers } from './common-answers.ts';
import { Components, type Json } from './components.ts';
import { changesSomething, type AnswerDescription, type BodyDescription, type DescribedRoute } from './describe.ts';
import { QUIRKS } from './quirks.ts';
import { INTEGER, TEXT, type Schema } from './schema.ts';
import type { RegisteredRoute } from './registered-routes.ts';

export interface DocumentOptions {
  /** Where clients reach the API, without a slash at the end. @default where the document came from */
  readonly publicUrl?: string | undefined;
  readonly drivers: Pick<DriverRegistry, 'manifests'>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

type OneVerb = RegisteredRoute & { readonly operation: DescribedRoute };

/** Routes that the document would have to contain and cannot, as nobody has described them: `POST /v1/clusters`. */
export function undescribed(routes: readonly RegisteredRoute[]): readonly string[] {
  return routes.filter((route) => !isDescribed(route) && !answersToAnyVerb(route)).map(({ methods, url }) => `${methods.join()} ${url}`);
}

/** The OpenAPI 3.1 document of what is registered: nothing in it is written down but beside what it describes. */
export function openApiDocument(routes: readonly RegisteredRoute[], { publicUrl, drivers }: DocumentOptions): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(isDescribed)) {
    const path = pathOf(route.url);
    const whole = `/v1${path}`;
    const isAlias = routes.some(({ url }) => pathOf(url) === whole);
    if (isAlias) paths[path] = { $ref: `#/paths/${whole.replaceAll('/', '~1')}` };
    else (paths[path] ??= {})[route.methods[0]!.toLowerCase()] = operationOf(route, drivers, components);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Jeroboam', summary: 'Clusters of container orchestration engines', version: `1.${MAX_MINOR}`, description: QUIRKS },
    servers: [{ url: publicUrl ?? '/' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1))),
    // What the specification has no place for: the answers to paths and verbs that are no operation.
    'x-elsewhere': { responses: responsesOf(ELSEWHERE.map((status) => [String(status), REFUSALS[status]!]), components) },
    components: {
      securitySchemes: { token: TOKEN },
      parameters: PARAMETERS,
      ...components.all(),
    },
  };
}

/** 400 for a path that cannot be decoded, 413 and 415 for a body that is not even read; the rest in Magnum's order of checks. */
const ELSEWHERE = [400, 401, 404, 405, 406, 413, 414, 415, 503] as const;

const TOKEN = { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token of Keystone, for one project.' } as const;

const PARAMETERS = {
  version: {
    name: 'OpenStack-API-Version', in: 'header', required: false,
    description: 'Service and version, `container-infra 1.10` or `container-infra latest`; 1.1 without it. `, bay-ops 1.0` may follow.',
    schema: TEXT,
  },
  idempotencyKey: {
    name: 'Idempotency-Key', in: 'header', required: false,
    description: 'The same key of the same user in the same project is the same request: it is carried out once and answered as it was first.',
    schema: { ...TEXT, pattern: '^[ -~]{1,255}$' },
  },
} as const;

const PATH_PARAMETERS: Readonly<Record<string, string>> = { ident: 'Id or name.', id: 'Id.' };
const QUERY_PARAMETERS: Readonly<Record<string, { readonly description: string; readonly schema?: Schema }>> = {
  marker: { description: 'The last item of the page before.' },
  limit: { description: 'Items on the page, at most what the service allows.', schema: { ...INTEGER, minimum: 1 } },
  sort_key: { description: 'A field to sort by; the order of creation without it.' },
  sort_dir: { description: 'Which way.', schema: { ...TEXT, enum: ['asc', 'desc'] } },
};

function isDescribed(route: RegisteredRoute): route is OneVerb {
  return route.operation !== undefined && !answersToAnyVerb(route);
}

/** Magnum's 405 where there is a path and no verb for it: no operation, so none of the document. */
function answersToAnyVerb({ methods }: RegisteredRoute): boolean {
  return methods.length > 1;
}

function pathOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(route: OneVerb, drivers: DocumentOptions['drivers'], components: Components): Json {
  const { operation: { id, summary, description, body, deprecated }, wire } = route;
  return {
    operationId: id,
    tags: [id.split('.', 1)[0]!],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(deprecated ? { deprecated: true } : {}),
    ...(deprecated?.lastMinor === undefined ? {} : { 'x-until-microversion': `1.${deprecated.lastMinor}` }),
    ...(wire.since === undefined ? {} : { 'x-since-microversion': `1.${wire.since}` }),
    ...(wire.public ? { security: [] } : {}),
    parameters: parametersOf(route),
    ...(body ? { requestBody: bodyOf(body, drivers, components) } : {}),
    responses: responsesOf(answersOf(route), components),
  };
}

function bodyOf({ name, type, required = true }: BodyDescription, drivers: DocumentOptions['drivers'], components: Components): Json {
  const { schema } = typeof type === 'function' ? type(drivers) : type;
  return { required, content: { 'application/json': { schema: components.named(name, schema) } } };
}

function responsesOf(answers: readonly (readonly [string, AnswerDescription])[], components: Components): Json {
  return Object.fromEntries(answers.map(([status, answer]) => [status, components.response(answer)]));
}

function parametersOf({ url, methods: [method], wire, operation }: OneVerb): Json[] {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => (
    { name, in: 'path', required: true, description: PATH_PARAMETERS[name] ?? `Which ${name}.`, schema: TEXT }
  ));
  const inQuery = Object.entries(operation.query ?? {}).map(([name, { schema }]) => (
    { name, in: 'query', required: false, schema, ...QUERY_PARAMETERS[name] }
  ));
  return [
    ...inPath, ...inQuery,
    ...(wire.unversioned ? [] : [{ $ref: '#/components/parameters/version' }]),
    ...(changesSomething(method, operation) ? [{ $ref: '#/components/parameters/idempotencyKey' }] : []),
  ] as Json[];
}

function answersOf({ url, methods: [method], wire, operation }: OneVerb): [string, AnswerDescription][] {
  const common: Headers = { ...REQUEST_ID, ...(wire.unversioned ? {} : { ...VERSION_HEADERS, ...DEPRECATION_HEADERS }) };
  const successes = Object.entries(operation.answers).map(([status, answer]): [string, AnswerDescription] => (
    [status, { ...answer, headers: { ...common, ...answer.headers } }]
  ));
  const refusals = new Set([
    500,
    ...(wire.unversioned ? [] : [406]),
    ...(wire.public ? [] : [400, 401, 403, 503]),
    ...(url.includes(':') ? [404, 414] : []),
    ...(operation.query?.['marker'] ? [404] : []),
    ...(operation.deprecated ? [404, 410] : []),
    ...(method === 'GET' ? [] : [413, 415]),
    ...(changesSomething(method, operation) ? [422] : []),
    ...(operation.refusals ?? []),
  ]);
  const refused = [...refusals].filter((status) => operation.answers[status] === undefined);
  return [...successes, ...refused.map((status): [string, AnswerDescription] => [String(status), REFUSALS[status]!])];
}
