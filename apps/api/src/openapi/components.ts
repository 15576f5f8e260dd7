import { REFUSALS } from './common-answers.ts';
import type { AnswerDescription } from './describe.ts';
import { NAME, named, type Schema } from './schema.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What the document says once and refers to: schemas that have a name, and the refusals that all routes share. */
export class Components {
  readonly #schemas = new Map<string, string>();
  readonly #responses = new Map<string, Json>();

  all(): { readonly schemas: Json; readonly responses: Json } {
    const sorted = [...this.#schemas].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      schemas: Object.fromEntries(sorted.map(([name, text]) => [name, JSON.parse(text) as Json])),
      responses: Object.fromEntries(this.#responses),
    };
  }

  named(name: string, schema: Schema): Json {
    return this.schema(NAME in schema ? schema : named(name, schema));
  }

  /** The schema with references instead of what has a name. */
  schema(schema: unknown): Json {
    if (Array.isArray(schema)) return schema.map((each) => this.schema(each));
    if (typeof schema !== 'object' || schema === null) return schema as Json;
    const plain = Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, this.schema(member)]));
    const name = (schema as { readonly [NAME]?: string })[NAME];
    return name === undefined ? plain : this.#refer(name, plain);
  }

  response(answer: AnswerDescription): Json {
    const shared = Object.entries(REFUSALS).find(([, each]) => each === answer);
    if (!shared) return this.#response(answer);
    const name = `refused-${shared[0]}`;
    if (!this.#responses.has(name)) this.#responses.set(name, this.#response(answer));
    return { $ref: `#/components/responses/${name}` };
  }

  #response({ description, headers = {}, content }: AnswerDescription): Json {
    const contents = Object.entries(content).map(([type, schema]) => [type, { schema: this.schema(schema) }]);
    return {
      description,
      headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, this.schema(header)])),
      ...(contents.length > 0 ? { content: Object.fromEntries(contents) as Json } : {}),
    };
  }

  /** @throws Error two schemas go by one name. */
  #refer(name: string, schema: Json): Json {
    const text = JSON.stringify(schema);
    const known = this.#schemas.get(name);
    if (known !== undefined && known !== text) throw new Error(`two schemas are called ${name}`);
    this.#schemas.set(name, text);
    return { $ref: `#/components/schemas/${name}` };
  }
}
