import { listOf, object, words, type Schema } from '../openapi/schema.ts';
import { mandatory, oneOf, string, Unfit, type Attribute } from './attribute.ts';
import { BadRequest, InvalidInput, MissingArgument, PatchRefused } from './errors.ts';
import { MalformedLiteral, parsePythonLiteral } from './python-literal.ts';
import { isObject, pythonStr, pythonType, type Json, type JsonObject } from './python-values.ts';
import { ResourceType } from './resource-type.ts';

/** What a patch may do to one resource. */
export interface PatchRules {
  /** Paths nobody may patch, beside those common to all resources. */
  readonly internal: readonly string[];
  /** Paths that cannot be removed. */
  readonly nonRemovable: readonly string[];
  /** Paths whose value is a map, sent as a text holding a Python literal. */
  readonly maps: readonly string[];
}

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: Json;
}

const COMMON_INTERNAL = ['/created_at', '/id', '/links', '/updated_at', '/uuid', '/project_id', '/user_id'];

/** Text or whole number; a boolean is a whole number in Python. */
const scalar: Attribute<Json> = {
  mandatory: false,
  readOnly: false,
  schema: { type: ['string', 'integer', 'boolean', 'null'] },
  convert: (value) => value,
  validate(value) {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' || Number.isInteger(value)) return value;
    throw new Unfit(`Wrong type. Expected '(<class 'str'>, <class 'int'>)', got '${pythonType(value)}'`);
  },
};

const PATH = string({ pattern: '^(/[\\w-]+)+$' });
/** To Python a `\w` is a letter or digit of any script. */
const PATH_OF_ANY_SCRIPT = /^(?:\/[\p{L}\p{N}_-]+)+$/u;
const PYTHON_PATH: Attribute<string> = {
  ...PATH, validate: (value) => (typeof value === 'string' && PATH_OF_ANY_SCRIPT.test(value) ? value : PATH.validate(value)),
};
const VERBS = ['add', 'replace', 'remove'] as const;

const OPERATION = new ResourceType('patch', {
  path: mandatory(PYTHON_PATH),
  op: mandatory(oneOf(...VERBS)),
  value: scalar,
});

/** What a client is told to send as a patch. */
export function patchOf({ internal, maps }: PatchRules): { readonly schema: Schema } {
  const path = { ...PATH.schema, not: { enum: [...COMMON_INTERNAL, ...internal] } };
  const literal = `A text or a whole number. At ${maps.join(', ')}: a text that holds the map as a Python literal, such as "{'a': 'b'}".`;
  const value = maps.length === 0 ? scalar.schema : { ...scalar.schema, description: literal };
  return { schema: listOf(object({ op: words(...VERBS), path }, { value })) };
}

/**
 * Reads a patch in Magnum's dialect: contract section 2.8.
 * @throws {InvalidInput} {UnknownAttribute} {BadRequest} {MissingArgument}
 */
export function readPatch(body: Json | undefined, rules: PatchRules): readonly PatchOperation[] {
  if (body === undefined || body === null) throw new MissingArgument('patch');
  if (!Array.isArray(body)) throw new InvalidInput('patch', body, `Value not a valid list: ${pythonStr(body)}`);
  return body.map((item) => readOperation(item, rules));
}

function readOperation(item: Json, { internal, nonRemovable }: PatchRules): PatchOperation {
  const { op, path, value } = OPERATION.read(item ?? 'None');
  if (!op || !path) throw new InvalidInput(op ? 'path' : 'op', null, 'Mandatory field missing.');
  if (COMMON_INTERNAL.includes(path) || internal.includes(path)) {
    throw new BadRequest(`'${path}' is an internal attribute and can not be updated`);
  }
  if (op === 'remove' && nonRemovable.includes(path)) throw new BadRequest(`'${path}' is a mandatory attribute and can not be removed`);
  const hasValue = value !== undefined && value !== null;
  if (op !== 'remove' && !hasValue) throw new BadRequest("'add' and 'replace' operations needs value");
  return hasValue ? { path, op, value } : { path, op };
}

/**
 * Applies a patch to a document of plain JSON.
 * @returns a new document.
 * @throws {BadRequest} for what may not be added; {PatchRefused} for what cannot be applied.
 */
export function applyPatch(document: JsonObject, patch: readonly PatchOperation[], rules: PatchRules): JsonObject {
  for (const operation of patch) refuseNewAttribute(document, operation);
  const shown = patch as unknown as Json;
  return patch.reduce((patched, operation) => {
    try {
      return applied(patched, operation.path.slice(1).split('/'), withMap(operation, rules)) as JsonObject;
    } catch (error) {
      if (error instanceof Unfit || error instanceof MalformedLiteral) throw new PatchRefused(shown, error.message);
      throw error;
    }
  }, document);
}

function refuseNewAttribute(document: JsonObject, { op, path }: PatchOperation): void {
  if (op !== 'add' || path.indexOf('/', 1) !== -1) return;
  const name = path.slice(1);
  if (!Object.hasOwn(document, name)) throw new BadRequest(`Adding a new attribute ${path} to the root of the resource is not allowed.`);
  if (document[name] !== null) throw new BadRequest(`The attribute ${path} has existed, please use 'replace' operation instead.`);
}

function withMap(operation: PatchOperation, { maps }: PatchRules): PatchOperation {
  if (operation.op === 'remove' || !maps.includes(operation.path)) return operation;
  if (typeof operation.value !== 'string') throw new MalformedLiteral();
  const value = parsePythonLiteral(operation.value);
  // Magnum reads it once more where it got None, and fails.
  if (value === null) throw new MalformedLiteral();
  return { ...operation, value };
}

/** One step of RFC 6902, along a path that holds no escapes; a list counts as what it is, an element at an index. */
function applied(target: Json, [name = '', ...rest]: readonly string[], operation: PatchOperation): Json {
  if (Array.isArray(target)) return appliedToList(target, name, rest, operation);
  if (!isObject(target)) {
    throw new Unfit(`Document '${pythonType(target)}' does not support indexing, must be a mapping/sequence or support __getitem__`);
  }
  const exists = Object.hasOwn(target, name);
  if (rest.length > 0) {
    if (!exists) throw new Unfit(`member '${name}' not found in ${pythonStr(target)}`);
    return withMember(target, name, applied(target[name]!, rest, operation));
  }
  if (operation.op === 'add') return withMember(target, name, operation.value!);
  if (!exists) throw new Unfit(`can't ${operation.op} a non-existent object '${name}'`);
  if (operation.op === 'replace') return withMember(target, name, operation.value!);
  return Object.fromEntries(Object.entries(target).filter(([each]) => each !== name));
}

/** Defines the member, as an assignment would not where the name is `__proto__`; in its old place where there is one. */
function withMember(target: JsonObject, name: string, value: Json): JsonObject {
  const members = Object.entries(target);
  if (!Object.hasOwn(target, name)) return Object.fromEntries([...members, [name, value]]);
  return Object.fromEntries(members.map(([each, old]) => [each, each === name ? value : old]));
}

function appliedToList(list: readonly Json[], name: string, rest: readonly string[], operation: PatchOperation): Json {
  const isEnd = name === '-' && operation.op === 'add' && rest.length === 0;
  if (!isEnd && !/^(?:0|[1-9]\d{0,8})$/.test(name)) throw new Unfit(`'${name}' is not a valid sequence index`);
  const index = isEnd ? list.length : Number(name);
  if (index > list.length || (index === list.length && !(operation.op === 'add' && rest.length === 0))) {
    throw new Unfit("can't replace outside of list");
  }
  if (rest.length > 0) return list.with(index, applied(list[index]!, rest, operation));
  if (operation.op === 'replace') return list.with(index, operation.value!);
  return operation.op === 'add' ? list.toSpliced(index, 0, operation.value!) : list.toSpliced(index, 1);
}
