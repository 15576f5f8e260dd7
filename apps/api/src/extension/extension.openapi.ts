import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, json, nothing } from '../openapi/describe.ts';
import { ANYTHING, TEXT, UUID, listOf, mapOf, named, object, words } from '../openapi/schema.ts';

const EXTENSION = named('Extension', object({
  alias: TEXT, name: TEXT, description: TEXT, driver: TEXT, driver_version: TEXT, version: TEXT, updated: { ...TEXT, format: 'date' },
  namespace: { ...TEXT, description: 'Below it are its commands, with the cluster in place of `{ident}`.' },
  commands: listOf(object({
    name: TEXT, help: TEXT, method: words('GET', 'POST'), path: TEXT,
    args_schema: { type: 'object', description: 'JSON Schema of the arguments: the query of GET, the body of POST.' },
    response_columns: listOf(TEXT),
  })),
  links: listOf(object({ rel: TEXT, href: TEXT })),
}));

const ETAG = { etag: { description: 'For `If-None-Match`.', required: true, schema: TEXT } };
const UNCHANGED = nothing('As it was when the client asked last.', ETAG);

export const ExtensionsDescribed = Described({
  list: {
    summary: 'List what drivers add to the API', description: 'Clients grow commands from it.',
    answers: { 200: json(object({ extensions: listOf(EXTENSION) }), undefined, ETAG), 304: UNCHANGED },
  },
  show: { summary: 'Show one of them', answers: { 200: json(EXTENSION, undefined, ETAG), 304: UNCHANGED }, refusals: [404] },
});

export const BayExtensionsDescribed = Described({
  show: {
    summary: 'Have the cluster’s driver show something', description: 'Which commands there are, and their arguments, is in `/v1/extensions`.',
    answers: { 200: json(mapOf(ANYTHING)) }, refusals: [409],
  },
  run: {
    summary: 'Have the cluster’s driver do something', description: 'As above; the arguments are in the body. Refused while something else is under way.',
    body: { name: 'ExtensionArguments', type: { schema: { type: 'object' } }, required: false },
    answers: { 202: json(object({ uuid: UUID }), 'It is being done.', OPERATION_HEADERS) }, refusals: [409],
  },
});
