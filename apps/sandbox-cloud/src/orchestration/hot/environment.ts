import { invalid } from './hot-error.ts';
import { isMap } from './json.ts';
import type { Json, JsonMap } from './json.ts';
import { parseYaml } from './yaml.ts';

/** What comes along with a template: values, and what resource types stand for. */
export interface Environment {
  readonly parameters: JsonMap;
  readonly parameterDefaults: JsonMap;
  readonly registry: JsonMap;
}

export type Files = Readonly<Record<string, string>>;

export const EMPTY_ENVIRONMENT: Environment = { parameters: {}, parameterDefaults: {}, registry: {} };
const SECTIONS = [
  'parameters', 'parameter_defaults', 'resource_registry', 'encrypted_param_names', 'event_sinks', 'parameter_merge_strategies',
];

/** @throws {HotError} for an environment with a section that Heat does not know. */
export function parseEnvironment(raw: Json | undefined): Environment {
  const content = typeof raw === 'string' && raw.trim() !== '' ? parseYaml(raw, 'environment') : raw;
  if (content === undefined || content === null || content === '') return EMPTY_ENVIRONMENT;
  if (!isMap(content)) throw invalid('The environment is not a valid YAML mapping data type.');
  const unknown = Object.keys(content).find((section) => !SECTIONS.includes(section));
  if (unknown !== undefined) throw invalid(`environment has wrong section "${unknown}"`);
  const section = (name: string) => (isMap(content[name]) ? content[name] : {});
  return { parameters: section('parameters'), parameterDefaults: section('parameter_defaults'), registry: section('resource_registry') };
}

/** Later ones win, value by value. */
export function mergeEnvironments(environments: readonly Environment[]): Environment {
  return environments.reduce((merged, next) => ({
    parameters: { ...merged.parameters, ...next.parameters },
    parameterDefaults: { ...merged.parameterDefaults, ...next.parameterDefaults },
    registry: { ...merged.registry, ...next.registry, resources: { ...resourcesOf(merged.registry), ...resourcesOf(next.registry) } },
  }), EMPTY_ENVIRONMENT);
}

/** The environment of a request: the one in its body, then the files it names, in that order. */
export function environmentOf(raw: Json | undefined, names: readonly string[], files: Files): Environment {
  const fromFiles = names.map((name) => {
    const text = files[name];
    if (text === undefined) throw invalid(`The environment file ${name} is not among the files.`);
    return parseEnvironment(text);
  });
  return mergeEnvironments([parseEnvironment(raw), ...fromFiles]);
}

export type TypeMapping = { readonly type: string } | { readonly template: string };

/** How many names may stand for one another before it must be a circle. */
const MAX_HOPS = 10;

/** What a type of a template stands for: another type, or a template among the files. */
export function mappedType({ registry }: Environment, type: string, resource: string): TypeMapping {
  let current = type;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (isTemplateName(current)) return { template: current };
    const next = hookFor(registry, resource, current) ?? direct(registry, current) ?? wildcard(registry, current);
    if (next === undefined || next === current) return { type: current };
    current = next;
  }
  throw invalid(`The resource registry leads from ${type} round in a circle.`);
}

export function isTemplateName(type: string): boolean {
  return /\.(ya?ml|template)$/.test(type);
}

function resourcesOf(registry: JsonMap): JsonMap {
  return isMap(registry['resources']) ? registry['resources'] : {};
}

function direct(registry: JsonMap, type: string): string | undefined {
  const target = Object.hasOwn(registry, type) ? registry[type] : undefined;
  return typeof target === 'string' ? target : undefined;
}

/** `OS::Neutron*: OS::Quantum*`: what stands for the star is kept. */
function wildcard(registry: JsonMap, type: string): string | undefined {
  const pattern = Object.keys(registry).filter((key) => key.endsWith('*') && type.startsWith(key.slice(0, -1)))
    .sort((one, other) => other.length - one.length)[0];
  const target = pattern === undefined ? undefined : registry[pattern];
  if (typeof target !== 'string') return undefined;
  return target.endsWith('*') ? target.slice(0, -1) + type.slice(pattern!.length - 1) : target;
}

/** Mappings for resources of one name, which the registry has under `resources`. */
function hookFor(registry: JsonMap, resource: string, type: string): string | undefined {
  for (const [pattern, mapping] of Object.entries(resourcesOf(registry))) {
    if (isMap(mapping) && globMatches(pattern, resource) && typeof mapping[type] === 'string') return mapping[type];
  }
  return undefined;
}

/** A pattern in which a star stands for anything. */
export function globMatches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`).test(text);
}
