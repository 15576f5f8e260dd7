import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PropertySchemas } from '../hot/properties.ts';

interface TypeSchema {
  readonly properties: PropertySchemas;
  readonly attributes: readonly string[];
}

/** Beside `src` and `dist`, both of which hold this module three folders down. */
const FILE = join(import.meta.dirname, '..', '..', '..', 'resource-types.json');
const SCHEMAS = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, TypeSchema>>;

/** Properties and attributes of a type as Heat 19 tells them; which of them are changed in place is in there too. */
export function typeSchema(name: string): { readonly schemas: PropertySchemas; readonly attributes: readonly string[] } {
  const { properties, attributes } = SCHEMAS[name]!;
  return { schemas: properties, attributes };
}
