import { nullable, object, type Schema } from '../openapi/schema.ts';
import { Unfit, type Attribute } from './attribute.ts';
import { InvalidInput, MissingArgument, UnknownAttribute } from './errors.ts';
import { isObject, pythonStr, type Json, type JsonObject } from './python-values.ts';

type Attributes = Readonly<Record<string, Attribute<unknown>>>;
type Validated<A> = A extends Attribute<infer T> ? T : never;

/** Fields by name: absent where they were not sent. */
export type Read<A extends Attributes> = { readonly [K in keyof A]?: Validated<A[K]> | null };

/**
 * What a request body may contain: the fields of a resource in Magnum's order, which decides what is complained of
 * first.
 */
export class ResourceType<A extends Attributes> {
  /** @param argument what Magnum calls the body in its messages, e.g. `cluster_template`. */
  constructor(
    readonly argument: string,
    private readonly attributes: A,
  ) {}

  /** What a client is told to send. */
  get schema(): Schema {
    const fields = Object.entries(this.attributes).filter(([, { readOnly }]) => !readOnly);
    const schemas = (wanted: boolean) => fields.filter(([, { mandatory }]) => mandatory === wanted)
      .map(([name, { schema }]) => [name, wanted ? schema : nullable(schema)]);
    return object(Object.fromEntries(schemas(true)), Object.fromEntries(schemas(false)));
  }

  /**
   * @param body undefined where none was sent.
   * @throws {InvalidInput} {UnknownAttribute} {MissingArgument}
   */
  read(body: Json | undefined): Read<A> {
    if (body === undefined || body === null) throw new MissingArgument(this.argument);
    if (!isObject(body)) throw new InvalidInput(this.argument, body, `Value not a valid dict: ${pythonStr(body)}`);
    this.refuseUnknown(body);
    const read: Record<string, unknown> = {};
    for (const [name, attribute] of Object.entries(this.attributes)) {
      if (Object.hasOwn(body, name)) read[name] = this.readField(name, attribute, body[name]!, body);
      else if (attribute.mandatory) throw new InvalidInput(name, null, 'Mandatory field missing.');
    }
    return read as Read<A>;
  }

  /** Validates fields that are there already, as after a patch: nothing is converted, nothing missing is missed. */
  validate(fields: JsonObject): Read<A> {
    const read: Record<string, unknown> = {};
    for (const [name, attribute] of Object.entries(this.attributes)) {
      if (Object.hasOwn(fields, name)) read[name] = fields[name] === null ? null : validated(name, attribute, fields[name]!);
    }
    return read as Read<A>;
  }

  private refuseUnknown(body: JsonObject): void {
    const unknown = Object.keys(body).filter((name) => !Object.hasOwn(this.attributes, name));
    if (unknown.length > 0) throw new UnknownAttribute(this.argument, unknown);
  }

  private readField(name: string, attribute: Attribute<unknown>, value: Json, body: JsonObject): unknown {
    const converted = value === null ? null : this.converted(attribute, value, body);
    if (attribute.readOnly) throw new InvalidInput(name, converted, 'Cannot set read only field.');
    return converted === null ? null : validated(name, attribute, converted);
  }

  private converted(attribute: Attribute<unknown>, value: Json, body: JsonObject): Json {
    try {
      return attribute.convert(value);
    } catch (error) {
      if (error instanceof Unfit) throw new InvalidInput(this.argument, body, error.message);
      throw error;
    }
  }
}

/** @throws {InvalidInput} naming the field. */
export function validated<T>(name: string, attribute: Attribute<T>, value: Json): T {
  try {
    return attribute.validate(value);
  } catch (error) {
    if (error instanceof Unfit) throw new InvalidInput(name, value, error.message);
    throw error;
  }
}
