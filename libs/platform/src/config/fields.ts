import { z } from 'zod';
import { Secret } from './secret.ts';

/** What people are told of a field: in errors and in the reference of variables. */
export interface FieldNotes {
  /** What the field decides, with its unit. */
  readonly description: string;
  /** What a value must look like, e.g. `an integer from 1 to 65535`. */
  readonly expected: string;
  readonly secret: boolean;
}

const notes = new WeakMap<z.core.$ZodType, FieldNotes>();

/** Attaches the notes; the field keeps them below `.default()`, `.optional()` and their like. */
function note<S extends z.ZodType>(schema: S, description: string, expected: string, secret = false): S {
  notes.set(schema, { description, expected, secret });
  return schema;
}

/** Notes of a field, also of one that was wrapped since. */
export function notesOf(schema: z.core.$ZodType): FieldNotes | undefined {
  let inner: z.core.$ZodType | undefined = schema;
  while (inner && !notes.has(inner)) inner = (inner._zod.def as { innerType?: z.core.$ZodType }).innerType;
  return inner && notes.get(inner);
}

const INTEGER = /^-?\d{1,15}$/;

/** A whole number; its unit ends the name of the field. */
export function integer(
  description: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
) {
  const expected = max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;
  const schema = z.union([z.number(), z.string().regex(INTEGER).transform(Number)]).pipe(z.number().int().min(min).max(max));
  return note(schema, description, expected);
}

/** A TCP port; 0 lets the system choose. */
export function port(description: string) {
  return integer(description, { min: 0, max: 65_535 });
}

/** `true` or `false`; `1`, `yes`, `on` and their opposites are understood. */
export function flag(description: string) {
  const words = new Map([
    ['true', true],
    ['1', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['off', false],
  ]);
  const schema = z.union([z.boolean(), z.string()]).transform((value, context) => {
    const meant = typeof value === 'boolean' ? value : words.get(value.toLowerCase());
    if (meant !== undefined) return meant;
    context.addIssue({ code: 'custom', message: 'is not true or false' });
    return z.NEVER;
  });
  return note(schema, description, 'true or false');
}

/** Any text that is not empty. */
export function text(description: string, expected = 'a text') {
  return note(z.string().min(1), description, expected);
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(description: string, words: T) {
  return note(z.enum(words), description, `one of ${words.join(', ')}`);
}

/** A URL of one of `protocols`, kept as text without trailing slash. */
export function url(description: string, protocols: readonly string[] = ['http', 'https']) {
  const schema = z.string().transform((value, context) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed && protocols.includes(parsed.protocol.slice(0, -1))) return value.replace(/\/+$/, '');
    context.addIssue({ code: 'custom', message: 'is not such a URL' });
    return z.NEVER;
  });
  return note(schema, description, `a URL with ${protocols.join(' or ')}`);
}

/** Texts separated by commas; blanks around them do not count. @param item what each must look like. */
export function list(description: string, expected = 'texts separated by commas', item = /./) {
  const schema = z.union([
    z.array(z.string()),
    z.string().transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    ),
  ]);
  return note(schema.pipe(z.array(z.string().regex(item)).min(1)), description, expected);
}

/** A value that is never printed; may also be kept in a file, see `loadConfig`. */
export function secret(description: string, { minLength = 1 }: { readonly minLength?: number } = {}) {
  const expected = minLength > 1 ? `a secret of at least ${minLength} characters` : 'a secret';
  return note(
    z
      .string()
      .min(minLength)
      .transform((value) => new Secret(value)),
    description,
    expected,
    true,
  );
}
