import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { TemplateDefinition, TemplateOutput, TemplateParameter } from '@jeroboam/driver-sdk';
import { parse } from 'yaml';
import { renderIgnition } from './ignition.ts';

/** Scripts that nodes of several drivers run; the same two folders up from the sources and from the built files. */
const SHARED = join(import.meta.dirname, '..', '..', 'scripts');

const TYPES: Readonly<Record<string, TemplateParameter['type']>> = {
  string: 'string', number: 'number', boolean: 'boolean', json: 'json', comma_delimited_list: 'list',
};

interface Template {
  readonly parameters?: Readonly<Record<string, { readonly type: string; readonly default?: unknown; readonly description?: string }>>;
  readonly outputs?: Readonly<Record<string, { readonly description?: string }>>;
}

/**
 * Reads `bundles/<version>/` of a driver: templates (`*.yaml`, `bay.yaml` and `node-group.yaml` among them), user data as it
 * is (any other file), `*.ignition.yaml`, which is rendered to `<name>.ign` from the files in `scripts/` and ours (which other user data includes), and
 * `labels.json`, the defaults of labels. Parameters and outputs are what the two templates declare.
 *
 * @throws when a file is missing or no YAML: a driver with a broken bundle is not to be loaded.
 */
export function readBundle(folder: string): TemplateDefinition {
  const files = filesIn(folder);
  const own = parse(files['bay.yaml'] ?? missing(folder, 'bay.yaml')) as Template;
  const group = parse(files['node-group.yaml'] ?? missing(folder, 'node-group.yaml')) as Template;
  return {
    version: basename(folder),
    files,
    parameters: mapped({ ...group.parameters, ...own.parameters }, ({ type, default: value, description }) => ({
      type: TYPES[type] ?? 'string', ...(value === undefined ? {} : { default: value }), ...(description === undefined ? {} : { description }),
    })),
    outputs: mapped(own.outputs ?? {}, ({ description }, name): TemplateOutput => ({
      type: /_(addresses|servers)$/.test(name) ? 'json' : 'string', ...(description === undefined ? {} : { description }),
    })),
    defaultLabels: labelsIn(folder),
  };
}

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && extname(entry.name) !== '.json').map(({ name }) => name).sort();
  return Object.fromEntries(names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    if (!name.endsWith('.ignition.yaml')) return [name, name.endsWith('.yaml') ? text : withIncluded(folder, text)];
    return [name.replace('.ignition.yaml', '.ign'), renderIgnition(text, (script) => scriptOf(folder, script))];
  }));
}

/** User data is one script: a line `#include <name>` stands for another one. */
function withIncluded(folder: string, text: string): string {
  return text.replaceAll(/^#include (\S+)$/gm, (_line, name: string) => withIncluded(folder, scriptOf(folder, name)).trimEnd());
}

/** The bundle's own, or else the one for all. */
function scriptOf(folder: string, name: string): string {
  const own = join(folder, 'scripts', name);
  return readFileSync(existsSync(own) ? own : join(SHARED, name), 'utf8');
}

function labelsIn(folder: string): Record<string, string> {
  const text = readdirSync(folder).includes('labels.json') ? readFileSync(join(folder, 'labels.json'), 'utf8') : '{}';
  return JSON.parse(text) as Record<string, string>;
}

function mapped<T, U>(record: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

function missing(folder: string, name: string): never {
  throw new Error(`${folder} has no ${name}`);
}
