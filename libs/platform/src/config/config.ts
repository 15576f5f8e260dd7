import { z } from 'zod';
import { notesOf } from './fields.ts';

const PREFIX = 'JEROBOAM_';

/** Names, types, defaults and descriptions of everything an app can be told. Fields are made by the functions of `fields.ts`. */
export type ConfigSchema<S extends z.ZodRawShape = z.ZodRawShape> = z.ZodObject<S>;

/** The configuration that comes out of a schema. */
export type Config<S extends ConfigSchema> = Readonly<z.output<S>>;

/** One line of the reference of variables. */
export interface ConfigVariable {
  readonly field: string;
  readonly variable: string;
  readonly description: string;
  readonly expected: string;
  /** As text; undefined when there is none. */
  readonly defaultValue: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
}

/** Environment variable of a field: `leaseTtlSeconds` is read from `JEROBOAM_LEASE_TTL_SECONDS`. */
export function variableOf(field: string): string {
  return PREFIX + field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/**
 * Declares what an app can be told, one schema per app.
 *
 * @throws a plain error for a field without notes, which could not be explained to anyone.
 */
export function defineConfig<S extends z.ZodRawShape>(fields: S | ConfigSchema<S>): ConfigSchema<S> {
  const schema = fields instanceof z.ZodObject ? fields : z.object(fields);
  for (const [field, type] of Object.entries(schema.shape)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(field)) throw new Error(`configuration field ${field} is not in camelCase`);
    if (!notesOf(type)) throw new Error(`configuration field ${field} has no notes: make it with integer(), text() and their like`);
  }
  return schema;
}

function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The reference of an app's variables, in order of declaration: for its README, its help and its errors. */
export function describeConfig(schema: ConfigSchema): readonly ConfigVariable[] {
  return Object.entries(schema.shape).map(([field, type]) => {
    const { description, expected, secret } = notesOf(type)!;
    const absent = z.safeParse(type, undefined);
    const byDefault = absent.success ? absent.data : undefined;
    return {
      field,
      variable: variableOf(field),
      description,
      expected,
      secret,
      required: !absent.success,
      defaultValue: shown(byDefault),
    };
  });
}

export const CONFIG_PREFIX = PREFIX;
