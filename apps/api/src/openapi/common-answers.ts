import type { AnswerDescription, HeaderDescription } from './describe.ts';
import { INTEGER, TEXT, listOf, named, object, words, type Schema } from './schema.ts';

const header = (description: string, schema: Schema = TEXT): HeaderDescription => ({ description, required: true, schema });
const maybe = (description: string, schema: Schema = TEXT): HeaderDescription => ({ description, required: false, schema });

const REQUEST_ID_TEXT: Schema = { type: 'string', pattern: '^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };
const SERVICE = '(container-infra|container-infrastructure|container-infrastructure-management)';
const versionText = (version: string): Schema => ({ type: 'string', pattern: String.raw`^${SERVICE} ${version}$` });

export type Headers = Readonly<Record<string, HeaderDescription>>;

/** On every answer to what was understood as HTTP. */
export const REQUEST_ID: Headers = { 'x-openstack-request-id': header('Id of the request, for questions about it.', REQUEST_ID_TEXT) };

/** On the answers of a route that took part in the choice of a version. */
export const VERSION_HEADERS: Headers = {
  'openstack-api-minimum-version': header('Lowest version there is, after the service as the client named it.', versionText(String.raw`1.\d+`)),
  'openstack-api-maximum-version': header('Highest version there is.', versionText(String.raw`1.\d+`)),
  'openstack-api-version': header('The version of this answer.', versionText(String.raw`1.\d+(, bay-ops 1.0)?`)),
  vary: header('Another version may have another answer.', { const: 'OpenStack-API-Version' }),
};

/** The same on refusals: those that came before a handler, as Magnum's, have none. */
export const MAYBE_VERSION_HEADERS: Headers = Object.fromEntries(
  Object.entries(VERSION_HEADERS).map(([name, each]) => [name, { ...each, required: false }]),
);

/** On answers that accepted a lifecycle operation. */
export const OPERATION_HEADERS: Headers = {
  'operation-id': maybe('The operation that goes on; absent where nothing was left to do.'),
  location: maybe('Where the operation can be watched.', { type: 'string', pattern: '^/v1/operations/[^/]+$' }),
};

export function created(collection: string): Headers {
  return { location: header('Where it can be read.', { type: 'string', pattern: String.raw`^https?://.+/v1/${collection}/[^/]+$` }) };
}

/** On what used something that will go away, be it the route, a field, a label, a COE or a driver: RFC 9745 and RFC 8594. */
export const DEPRECATION_HEADERS: Headers = {
  deprecation: maybe('Since when it is deprecated.', { type: 'string', pattern: String.raw`^@\d+$` }),
  sunset: maybe('Before then it is not gone.', { type: 'string', pattern: 'GMT$' }),
  link: maybe('What is said about it, and what to use instead.', { type: 'string', pattern: '^<.+>; rel=' }),
};

const LINK = object({ href: TEXT, rel: TEXT });
const refusal = object({
  request_id: REQUEST_ID_TEXT,
  code: { ...words('client', 'server', ''), description: '`client` for 4xx, `server` for 5xx, empty where no handler was reached.' },
  status: { ...INTEGER, minimum: 400, maximum: 599 },
  title: { ...TEXT, description: '`detail` up to its first full stop.' },
  detail: TEXT,
  links: { ...listOf(LINK), description: 'Empty but in 410, where they say how to go on.' },
});

/** Magnum's shape, with the id of the request filled in. */
export const ERRORS = named('Errors', object({ errors: { ...listOf(named('Error', refusal)), minItems: 1, maxItems: 1 } }));

/** Magnum's one refusal in versions without a usual shape: contract section 1.3. */
const UNSUPPORTED = named('MicroversionUnsupported', object({
  errors: {
    ...listOf(object({
      code: { const: 'magnum.microversion-unsupported' }, title: TEXT, description: TEXT, max_version: TEXT, min_version: TEXT,
      links: listOf(LINK),
    })),
    minItems: 1, maxItems: 1,
  },
}));

const KEYSTONE = named('Unauthorized', object({ error: object({ code: { const: 401 }, title: TEXT, message: TEXT }) }));

const ERROR_CODE: Headers = {
  'x-jeroboam-error-code': maybe('What was refused, for machines: `infra/docs/errors.md`.', { type: 'string', pattern: '^[A-Z_]+$' }),
};
const ofHandler: Headers = { ...REQUEST_ID, ...MAYBE_VERSION_HEADERS, ...DEPRECATION_HEADERS, ...ERROR_CODE };

function refused(description: string, headers: Headers = ofHandler): AnswerDescription {
  return { description, content: { 'application/json': ERRORS }, headers };
}

const ANY_VERSION: Headers = { ...MAYBE_VERSION_HEADERS, 'openstack-api-version': maybe('The version that was asked for.') };

/** Refusals by status. */
export const REFUSALS: Readonly<Record<number, AnswerDescription>> = {
  400: refused('The request is not as it must be.'),
  401: {
    description: 'Without a token that counts. The shape is that of Keystone’s middleware.',
    content: { 'application/json': KEYSTONE },
    headers: { ...REQUEST_ID, 'www-authenticate': header('Where to get a token.', { type: 'string', pattern: '^Keystone uri=".*"$' }) },
  },
  403: refused('The token does not allow it, or a quota is used up.'),
  404: refused('It is not there, or belongs to another project.'),
  405: refused('The path does not know this verb.', { ...REQUEST_ID, allow: maybe('The verbs it knows.') }),
  406: {
    description: 'There is no such version, it does not have this operation, or the client does not take JSON.',
    content: { 'application/json': { anyOf: [ERRORS, UNSUPPORTED] } },
    headers: { ...REQUEST_ID, ...ANY_VERSION },
  },
  409: refused('It contradicts what is there; also a name that several things bear.'),
  410: refused('It is gone, after it was deprecated for long.'),
  413: refused('The body is larger than 1 MiB.'),
  414: refused('A name or id in the path has more than 1,024 characters.'),
  415: refused('The body is not JSON by its type.'),
  422: refused('The `Idempotency-Key` was used for another request.'),
  500: refused('A mistake of this service; its log has more under the id of the request.'),
  503: {
    description: 'Something that is needed cannot be reached. Where Keystone is away, the text of its middleware.',
    content: { 'application/json': ERRORS, 'text/plain': TEXT },
    headers: { ...ofHandler, 'retry-after': maybe('Seconds.', { type: 'string', pattern: String.raw`^\d+$` }) },
  },
};
