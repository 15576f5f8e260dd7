/** One argument of a command, as its JSON Schema has it. */
export interface ArgumentSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly enum?: readonly unknown[];
}

export interface CommandDescriptor {
  readonly name: string;
  readonly help: string;
  readonly method: 'GET' | 'POST';
  /** With the bay in place of `{ident}`. */
  readonly path: string;
  readonly args_schema: { readonly properties?: Readonly<Record<string, ArgumentSchema>>; readonly required?: readonly string[] };
  readonly response_columns: readonly string[];
}

/** An extension as `GET /v1/extensions` describes it. Data from elsewhere: nothing of it is ever run. */
export interface ExtensionDescriptor {
  readonly alias: string;
  readonly description: string;
  readonly commands: readonly CommandDescriptor[];
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const ARGUMENT = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const TYPES: readonly unknown[] = ['string', 'integer', 'number', 'boolean'];
/** Options that every command has. */
const TAKEN = ['json', 'help'];

export interface Read {
  readonly extensions: readonly ExtensionDescriptor[];
  /** Why what is missing is missing, as sentences. */
  readonly warnings: readonly string[];
}

/** What can be used of a list of descriptors. What is malformed, or leads out of its own place, is left out and named. */
export function readDescriptors(body: unknown): Read {
  const list = isRecord(body) && Array.isArray(body['extensions']) ? (body['extensions'] as readonly unknown[]) : [];
  const warnings: string[] = isRecord(body) && Array.isArray(body['extensions']) ? [] : ['The list of extensions cannot be read.'];
  const extensions = list.flatMap((item, index) => {
    if (!isRecord(item) || !isName(item['alias']) || typeof item['description'] !== 'string' || !Array.isArray(item['commands'])) {
      warnings.push(`Extension ${index + 1} is malformed and left out.`);
      return [];
    }
    const { alias, description } = item;
    const commands = (item['commands'] as readonly unknown[]).filter((command, place): command is CommandDescriptor => {
      const problem = problemOf(command, alias);
      if (problem !== null) warnings.push(`Command ${place + 1} of extension ${alias} is left out: ${problem}.`);
      return problem === null;
    });
    return [{ alias, description, commands }];
  });
  return { extensions, warnings };
}

function problemOf(command: unknown, alias: string): string | null {
  if (!isRecord(command) || !isName(command['name']) || typeof command['help'] !== 'string') return 'it is malformed';
  const { method, path, args_schema: schema, response_columns: columns } = command;
  if (method !== 'GET' && method !== 'POST') return 'its method is neither GET nor POST';
  const place = `/v1/clusters/{ident}/ext/${alias}/`;
  if (typeof path !== 'string' || !path.startsWith(place) || !isName(path.slice(place.length))) return 'its path leads out of its place';
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === 'string')) return 'its columns are malformed';
  if (!isRecord(schema) || (schema['required'] !== undefined && !Array.isArray(schema['required']))) return 'its arguments are malformed';
  const { properties = {} } = schema;
  if (!isRecord(properties)) return 'its arguments are malformed';
  const bad = Object.entries(properties).find(([name, property]) => !ARGUMENT.test(name) || TAKEN.includes(name) || !isArgument(property));
  return bad ? `its argument ${bad[0]} is malformed` : null;
}

function isArgument(property: unknown): boolean {
  if (!isRecord(property) || !TYPES.includes(property['type'])) return false;
  const { description, enum: values } = property;
  return (description === undefined || typeof description === 'string') && (values === undefined || Array.isArray(values));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
