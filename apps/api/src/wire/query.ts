import { BOOLEAN, INTEGER, TEXT, UUID, type Schema } from '../openapi/schema.ts';
import { Unfit, normalUuid, toInteger, boolean } from './attribute.ts';
import { InvalidInput, UnknownArgument } from './errors.ts';
import { pythonRepr, pythonStr, type Json } from './python-values.ts';

/** The type of one argument in the query: its name in Magnum's messages, and how its text is read. */
export interface Argument<T> {
  readonly type: string;
  readonly schema: Schema;
  read(given: Json): T;
}

export type Arguments = Readonly<Record<string, Argument<unknown>>>;
export type Given<A extends Arguments> = { readonly [K in keyof A]?: A[K] extends Argument<infer T> ? T : never };

export const integerArgument: Argument<number> = {
  type: 'int',
  schema: INTEGER,
  read(given) {
    // What a number cannot hold is beyond any page all the same.
    return Number(toInteger(given));
  },
};

export const textArgument: Argument<string> = {
  type: 'str',
  schema: TEXT,
  read(given) {
    // Given twice, Magnum sees a list.
    if (typeof given !== 'string') throw new Unfit(`expected a string, got ${pythonStr(pythonRepr(given))}`);
    return given;
  },
};

export const uuidArgument: Argument<string> = {
  type: 'uuid',
  schema: UUID,
  read(given) {
    if (normalUuid(given) === undefined) throw new Unfit(`Expected a uuid but received ${pythonStr(given)}.`);
    return given as string;
  },
};

export const booleanArgument: Argument<boolean> = {
  type: 'boolean',
  schema: BOOLEAN,
  read: (given) => boolean().validate(given),
};

/**
 * Reads the query of a request.
 * @throws {InvalidInput} for a value that does not fit, then {UnknownArgument} for a name that is not in `known`.
 */
export function readQuery<A extends Arguments>(query: unknown, known: A): Given<A> {
  const given = query as Readonly<Record<string, Json>>;
  const names = Object.keys(given);
  if (names.length === 0) return {};
  const read: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(known)) {
    if (given[name] !== undefined) read[name] = readArgument(name, argument, given[name]);
  }
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw new UnknownArgument(unknown.join(', '));
  return read as Given<A>;
}

function readArgument(name: string, argument: Argument<unknown>, given: Json): unknown {
  try {
    return argument.read(given);
  } catch (error) {
    if (error instanceof Unfit) throw new InvalidInput(name, given, `unable to convert to ${argument.type}. Error: ${error.message}`);
    throw error;
  }
}
