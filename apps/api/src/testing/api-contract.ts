import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';

type Members = Readonly<Record<string, unknown>>;

/** An answer as a client has it. */
export interface SeenAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Undefined for a body that was not read: a stream of events. */
  readonly text: string | undefined;
}

interface Operation {
  readonly id: string;
  readonly method: string;
  /** Where it stands in the document, as a JSON pointer. */
  readonly pointer: string;
  readonly segments: readonly string[];
  readonly responses: Members;
}

/** Headers that belong to the connection, which no document describes. */
const OF_CONNECTION = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

const known = new Map<string, ApiContract>();

/** An OpenAPI document, against which answers are held. */
export class ApiContract {
  /** The contract that a document's text is of; what was compiled for one text is kept for the next who has it. */
  static of(text: string): ApiContract {
    let contract = known.get(text);
    if (!contract) known.set(text, (contract = new ApiContract(JSON.parse(text) as Members)));
    return contract;
  }

  readonly #ajv = new Ajv2020({
    strict: true, strictTypes: false, strictRequired: false, allErrors: true,
    // Patterns say what these look like here.
    formats: { uuid: true, uri: true, date: true, 'date-time': true },
  });
  readonly #operations: readonly Operation[];
  readonly #elsewhere: Pick<Operation, 'id' | 'pointer' | 'responses'>;
  readonly #validators = new Map<string, ValidateFunction>();

  /** @param document as served at `/v1/openapi.json`. */
  constructor(readonly document: Members) {
    const { schemas } = document['components'] as { readonly schemas: Members };
    for (const [name, schema] of Object.entries(schemas)) this.#ajv.addSchema(standingAlone(schema), `schema:${name}`);
    this.#operations = operationsOf(document);
    const { responses = {} } = (document['x-elsewhere'] ?? {}) as { readonly responses?: Members };
    this.#elsewhere = { id: 'what is no operation', pointer: '/x-elsewhere', responses };
  }

  /** Compiles every schema that has a name. @throws Error for one with a mistake in it. */
  compileAll(): void {
    const { schemas } = this.document['components'] as { readonly schemas: Members };
    for (const name of Object.keys(schemas)) this.#ajv.compile({ $ref: `schema:${name}` });
  }

  /** The id of the operation that answers `method` at `url`; undefined where there is none. */
  operationId(method: string, url: string): string | undefined {
    return this.#operationAt(method, url)?.id;
  }

  /** Ids of the operations that have an answer whose status begins with `digits`. */
  operationIds(digits: string): readonly string[] {
    const having = this.#operations.filter(({ responses }) => Object.keys(responses).some((status) => status.startsWith(digits)));
    return [...new Set(having.map(({ id }) => id))];
  }

  /** @throws Error that lists what the document does not say of an answer. */
  requireDescribed(method: string, url: string, answer: SeenAnswer): void {
    const found = this.violations(method, url, answer);
    if (found.length === 0) return;
    throw new Error([`${method} ${url.slice(0, 200)} is not answered as the OpenAPI document says:`, ...found].join('\n  '));
  }

  /** What an answer has that the document does not say of it, in sentences; none where all is well. */
  violations(method: string, url: string, answer: SeenAnswer): string[] {
    const { id, pointer, responses } = this.#operationAt(method, url) ?? this.#elsewhere;
    const described = responses[String(answer.status)] as { readonly $ref?: string } | undefined;
    if (described === undefined) return [`status ${answer.status} is not described for ${id}`];
    const at = described.$ref?.slice(1) ?? `${pointer}/responses/${answer.status}`;
    const response = this.#at(at) as Members;
    return [...this.#headerViolations(at, response, answer), ...this.#bodyViolations(method, at, response, answer)];
  }

  #headerViolations(pointer: string, response: Members, { headers }: SeenAnswer): string[] {
    const described = (response['headers'] ?? {}) as Readonly<Record<string, { readonly required: boolean }>>;
    const given = Object.keys(headers).filter((name) => headers[name] !== undefined && !OF_CONNECTION.has(name));
    const strangers = given.filter((name) => !Object.hasOwn(described, name));
    const missing = Object.entries(described).filter(([name, { required }]) => required && headers[name] === undefined);
    const present = given.filter((name) => Object.hasOwn(described, name));
    const schemaOf = (name: string) => `${pointer}/headers/${escaped(name)}/schema`;
    return [
      ...strangers.map((name) => `header ${name} is not described: ${String(headers[name])}`),
      ...missing.map(([name]) => `header ${name} is missing`),
      ...present.flatMap((name) => this.#schemaViolations(schemaOf(name), String(headers[name]), `header ${name}`)),
    ];
  }

  #bodyViolations(method: string, pointer: string, response: Members, { headers, text }: SeenAnswer): string[] {
    if (method === 'HEAD' || text === undefined) return [];
    const content = response['content'] as Members | undefined;
    if (content === undefined) return text === '' ? [] : [`there is a body: ${text.slice(0, 200)}`];
    const type = String(headers['content-type']).split(';', 1)[0]!;
    if (!Object.hasOwn(content, type)) return [`content type ${type} is not described`];
    const body = type === 'application/json' ? parsed(text) : text;
    if (body === undefined) return [`the body is not JSON: ${text.slice(0, 200)}`];
    return this.#schemaViolations(`${pointer}/content/${escaped(type)}/schema`, body, 'body');
  }

  #schemaViolations(pointer: string, value: unknown, what: string): string[] {
    let validate = this.#validators.get(pointer);
    if (!validate) this.#validators.set(pointer, (validate = this.#ajv.compile(standingAlone(this.#at(pointer)))));
    return validate(value) ? [] : (validate.errors ?? []).map((error) => sentence(error, value, what));
  }

  #operationAt(method: string, url: string): Operation | undefined {
    const segments = segmentsOf(url.split(/[?#]/, 1)[0]!);
    const matching = this.#operations.filter((each) => each.method === method && matches(each.segments, segments));
    // As the router does: a segment that is spelt out comes before one that stands for anything.
    return matching.sort((one, other) => (generality(one) < generality(other) ? -1 : 1))[0];
  }

  #at(pointer: string): unknown {
    const names = pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    return names.reduce<unknown>((node, name) => (node as Members)[name], this.document);
  }
}

function operationsOf({ paths }: Members): Operation[] {
  return Object.entries(paths as Readonly<Record<string, Members>>).flatMap(([path, item]) => {
    const { $ref } = item as { readonly $ref?: string };
    const target = $ref === undefined ? `/paths/${escaped(path)}` : $ref.slice(1);
    const verbs = $ref === undefined ? item : (paths as Members)[$ref.slice('#/paths/'.length).replaceAll('~1', '/')] as Members;
    return Object.entries(verbs).map(([verb, operation]) => {
      const { operationId, responses } = operation as { readonly operationId: string; readonly responses: Members };
      return { id: operationId, method: verb.toUpperCase(), pointer: `${target}/${verb}`, segments: segmentsOf(path), responses };
    });
  });
}

function segmentsOf(path: string): readonly string[] {
  const bare = decoded(path.replaceAll(/\/{2,}/g, '/')).replace(/(?<=.)\/$/, '');
  return bare === '/' ? [] : bare.split('/').slice(1);
}

/** As the router reads it: signs that mean something in a path stay as they are written. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // It cannot be read; nor can the router.
    return path;
  }
}

function matches(template: readonly string[], path: readonly string[]): boolean {
  if (template.length !== path.length) return false;
  return template.every((segment, index) => segment === path[index] || (segment.startsWith('{') && path[index] !== ''));
}

function generality({ segments }: Operation): string {
  return segments.map((segment) => (segment.startsWith('{') ? '1' : '0')).join('');
}

function sentence({ instancePath, message, params, keyword }: ErrorObject, value: unknown, what: string): string {
  const found = instancePath.split('/').slice(1).reduce<unknown>((node, name) => (node as Members)[name], value);
  const detail = keyword === 'additionalProperties' ? ` (${(params as { readonly additionalProperty: string }).additionalProperty})` : '';
  const shown = JSON.stringify(found)?.slice(0, 200) ?? 'undefined';
  return `${what}${instancePath.replaceAll('/', '.')} ${message ?? keyword}${detail}, and is ${shown}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A schema of the document in which references lead to schemas, as `ajv` would take what is around them for one too. */
function standingAlone(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"schema:')) as object;
}
