import type { Dice } from './dice.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { anyIdent, hostile, textOf, type Json } from './values.ts';

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'REPORT'];
const SEGMENTS = [
  '.', '..', '%2e%2e', '%00', '%ff', '%zz', '%', 'a%2Fb', '%25', '%3F', 'é', '%F0%9F%98%80', 'x'.repeat(300), 'x'.repeat(1_100), '*',
  ':ident', '{ident}', ' '.trim(), 'nope', '-',
];
const QUERIES = [
  'foo=1', 'limit=', 'limit=-1', 'limit=1&limit=2', 'marker', '=', '&&', '%zz=1', 'limit=%ff', '__proto__=1', 'constructor=1',
  'sort_key=__proto__', 'a[b]=c', 'limit=99999999999999999999', 'marker=x', 'x'.repeat(3_000),
];
const VERSIONS = [
  '', 'latest', 'container-infra', 'container-infra 1.0', 'container-infra 1.15', 'container-infra 2.0', 'container-infra abc',
  'container-infra 1.2.3', 'foo 1.5', 'container-infra 1.10, bay-ops 1.0', 'container-infra latest, bay-ops 9.9',
  'container-infra  1.10', 'CONTAINER-INFRA 1.1', ',', 'bay-ops 1.0', 'container-infra 01.010', 'container-infra 1.9999999999',
];
const ACCEPTS = [
  '*/*', 'text/html', 'application/xml', 'application/json;q=0', 'text/event-stream', '', ',', 'application/json; q=abc',
  'a/b;q=1,*/*;q=0',
];
const TYPES = [
  'text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/octet-stream', '',
  'application/json; charset=utf-16', 'APPLICATION/JSON', 'multipart/form-data; boundary=x', 'x', 'text/javascript',
];
const KEYS = ['k1', 'k2', 'k3', '', 'x'.repeat(256), 'é', 'a\tb'];
const BYTES = [
  Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from('{"name": "\xff"}', 'latin1'), Buffer.from('\ufeff{}'), Buffer.from([0]),
  Buffer.from([0x7b, 0x22]),
];
const TEXTS = [
  '', ' ', '{', '[]', '{}', 'null', '1', '"x"', 'true', '[[[[', '{"a":1}', '[null]', '[{}]', '[1]', '{"a":1,}', "{'a': 1}", '{"": ""}',
  `${'['.repeat(100)}${']'.repeat(100)}`, 'NaN', '{"__proto__": null}', 'a=b&c=d',
];

const MORE_FIELDS = ['bogus', '__proto__', 'name', 'labels', 'node_count'];

type Mutation = (dice: Dice, request: FuzzRequest) => FuzzRequest;

const header = (name: string, values: readonly string[]): Mutation => (dice, request) => withHeader(request, name, dice.pick(values));

const MUTATIONS: readonly (readonly [number, Mutation])[] = [
  [30, inBody],
  [8, (dice, request) => ({ ...request, body: dice.pick(TEXTS) })],
  [4, (dice, request) => ({ ...request, body: dice.pick(BYTES) })],
  [4, (dice, request) => ({ ...request, body: String(request.body ?? '').slice(0, dice.below(400)) })],
  [1, (_, request) => ({ ...request, body: `{"name": "${'x'.repeat(1_048_577)}"}` })],
  [14, inPath],
  [10, (dice, request) => ({ ...request, target: `${request.target}${request.target.includes('?') ? '&' : '?'}${dice.pick(QUERIES)}` })],
  [6, (dice, request) => ({ ...request, method: dice.pick(METHODS) })],
  [8, header('openstack-api-version', VERSIONS)],
  [8, (dice, request) => withHeader(request, 'openstack-api-version', `container-infra 1.${1 + dice.below(14)}`)],
  [4, header('accept', ACCEPTS)],
  [5, header('content-type', TYPES)],
  [4, header('idempotency-key', KEYS)],
  [4, (dice, request) => ({ ...request, as: dice.pick(['demo2', 'reader', 'admin', 'nobody', 'stranger']) })],
  [2, (_, request) => ({ ...request, target: request.target.replace(/^\/v1/, '') || '/' })],
  [2, (_, request) => ({ ...request, target: request.target.replace(/(?=\?|$)/, '/') })],
];

function withHeader(request: FuzzRequest, name: string, value: string): FuzzRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

/** The request with one thing about it changed, or several. */
export function mutated(dice: Dice, request: FuzzRequest): FuzzRequest {
  let result = request;
  do result = dice.weighted(MUTATIONS)(dice, result); while (dice.chance(30));
  return result;
}

function inPath(dice: Dice, request: FuzzRequest): FuzzRequest {
  const [path = '', ...query] = request.target.split('?');
  const segments = path.split('/');
  const at = 1 + dice.below(segments.length);
  const segment = dice.chance(50) ? encodeURIComponent(anyIdent(dice)) : dice.pick(SEGMENTS);
  // In the place of one that is there, or between two.
  const changed = segments.toSpliced(at, dice.chance(70) ? 1 : 0, segment).join('/');
  return { ...request, target: [changed.startsWith('/') ? changed : `/${changed}`, ...query].join('?') };
}

/** Changes one value anywhere in a body of JSON. */
function inBody(dice: Dice, request: FuzzRequest): FuzzRequest {
  if (typeof request.body !== 'string') return request;
  try {
    return { ...request, body: textOf(changed(dice, JSON.parse(request.body) as Json)) };
  } catch (error) {
    // It is no JSON any more.
    if (error instanceof SyntaxError) return request;
    throw error;
  }
}

function changed(dice: Dice, value: Json): Json {
  if (Array.isArray(value) && value.length > 0 && dice.chance(80)) {
    const at = dice.below(value.length);
    if (dice.chance(10)) return [...value, value[at]!];
    return dice.chance(10) ? value.toSpliced(at, 1) : value.with(at, changed(dice, value[at]!));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return hostile(dice);
  const entries = Object.entries(value);
  if (dice.chance(8)) return Object.fromEntries([...entries, [dice.pick(MORE_FIELDS), hostile(dice)]]);
  if (entries.length === 0) return hostile(dice);
  const at = dice.below(entries.length);
  if (dice.chance(15)) return Object.fromEntries(entries.toSpliced(at, 1));
  const [name, old] = entries[at]!;
  return Object.fromEntries(entries.with(at, [name, changed(dice, old)]));
}
