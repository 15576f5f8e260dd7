import { checkCondition } from './conditions.ts';
import { HotError, invalid } from './hot-error.ts';
import { isMap, listed, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';
import { parameterSchema } from './parameters.ts';
import type { ParameterSchema } from './parameters.ts';
import { hotVersion } from './versions.ts';

export interface ResourceDefinition {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Not evaluated yet, like everything of type Json here. */
  readonly properties: JsonMap;
  readonly metadata: JsonMap;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: 'delete' | 'retain' | 'snapshot';
  readonly updatePolicy: JsonMap;
  /** The resource is left out where this does not hold. */
  readonly condition?: Json;
  /** Id of something that exists already and is only referred to. */
  readonly externalId?: Json;
}

export interface OutputDefinition {
  readonly name: string;
  readonly description: string;
  readonly value: Json;
  readonly condition?: Json;
}

export interface Template {
  readonly version: string;
  readonly description: string;
  readonly parameters: readonly ParameterSchema[];
  readonly parameterGroups: Json;
  readonly conditions: JsonMap;
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  readonly outputs: readonly OutputDefinition[];
}

const SECTIONS = ['heat_template_version', 'description', 'parameter_groups', 'parameters', 'conditions', 'resources', 'outputs'];
const RESOURCE_KEYS = [
  'type', 'properties', 'metadata', 'depends_on', 'deletion_policy', 'update_policy', 'description', 'external_id', 'condition',
];
const OUTPUT_KEYS = ['value', 'description', 'condition'];

/** @throws {HotError} for a template that Heat would not take either. */
export function parseTemplate(raw: JsonMap): Template {
  const version = hotVersion(raw['heat_template_version']);
  const unknown = Object.keys(raw).find((section) => !SECTIONS.includes(section));
  if (unknown !== undefined) throw invalid(`The template section is invalid: ${unknown}`);
  const resources = sectionOf(raw, 'resources', 'type', RESOURCE_KEYS);
  const outputs = sectionOf(raw, 'outputs', 'value', OUTPUT_KEYS);
  const conditions = mapOf(raw['conditions'], 'conditions');
  for (const [name, condition] of Object.entries(conditions)) checkDefinition(name, condition, conditions);
  return {
    version, conditions, description: textOf(raw['description'] ?? 'No description'), parameterGroups: raw['parameter_groups'] ?? null,
    parameters: Object.entries(mapOf(raw['parameters'], 'parameters')).map(([name, definition]) => parameterSchema(name, definition)),
    resources: new Map(Object.entries(resources).map(([name, definition]) => [name, resourceOf(name, definition)])),
    outputs: Object.entries(outputs).map(([name, definition]) => ({
      name, value: definition['value']!, description: textOf(definition['description'] ?? 'No description given'),
      ...conditionOf(definition),
    })),
  };
}

function resourceOf(name: string, definition: JsonMap): ResourceDefinition {
  const { type, properties, metadata, depends_on: dependsOn, update_policy: updatePolicy, external_id: externalId } = definition;
  if (typeof type !== 'string') throw invalid(`Resource ${name} type is not a string`);
  const wrong = (
    what: string, value: Json,
  ) => invalid(`Resource ${name} ${what} type is not a ${Array.isArray(value) ? 'map' : 'valid one'}`);
  if (properties !== undefined && properties !== null && !isMap(properties)) throw wrong('properties', properties);
  if (metadata !== undefined && metadata !== null && !isMap(metadata)) throw wrong('metadata', metadata);
  return {
    name, type, properties: properties ?? {}, metadata: metadata ?? {}, description: textOf(definition['description'] ?? ''),
    dependsOn: listed(dependsOn).map(textOf), deletionPolicy: deletionPolicyOf(definition['deletion_policy']),
    updatePolicy: isMap(updatePolicy) ? updatePolicy : {}, ...conditionOf(definition), ...(externalId !== undefined && { externalId }),
  };
}

function conditionOf(definition: JsonMap): { condition?: Json } {
  const { condition } = definition;
  return condition === undefined || condition === null ? {} : { condition };
}

function deletionPolicyOf(policy: Json | undefined): ResourceDefinition['deletionPolicy'] {
  const name = typeof policy === 'string' ? policy.toLowerCase() : 'delete';
  if (name === 'delete' || name === 'retain' || name === 'snapshot') return name;
  throw invalid(`Invalid deletion policy "${textOf(policy)}"`);
}

function mapOf(section: Json | undefined, name: string): JsonMap {
  if (section === undefined || section === null) return {};
  if (!isMap(section)) throw invalid(`"${name}" must contain a map`);
  return section;
}

function sectionOf(raw: JsonMap, section: string, needed: string, keys: readonly string[]): Record<string, JsonMap> {
  const singular = section.slice(0, -1);
  const entries = mapOf(raw[section], section);
  for (const entry of Object.values(entries)) {
    if (entry === null) throw invalid(`Each ${singular} must contain a ${needed} key.`);
    if (!isMap(entry)) throw invalid(`"${section}" must contain a map of ${singular} maps. Found a [${pythonType(entry)}] instead`);
    const unknown = Object.keys(entry).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw invalid(`"${unknown}" is not a valid keyword inside a ${singular} definition`);
    if (entry[needed] === undefined) throw invalid(`Each ${singular} must contain a ${needed} key.`);
  }
  return entries as Record<string, JsonMap>;
}

function pythonType(value: Json): string {
  if (Array.isArray(value)) return "<class 'list'>";
  if (typeof value === 'boolean') return "<class 'bool'>";
  return typeof value === 'number' ? "<class 'int'>" : "<class 'str'>";
}

function checkDefinition(name: string, condition: Json, conditions: JsonMap): void {
  // Heat's rule: a condition is a boolean or a function, and refers to others only inside of one.
  if (typeof condition !== 'boolean' && !isMap(condition)) {
    throw invalid(`Condition validation error: : The definition of condition "${name}" is invalid: ${textOf(condition)}`);
  }
  checkCondition(condition, `conditions.${name}`, (other) => Object.hasOwn(conditions, other));
}

/** @throws {HotError} for a condition name that leads back to itself. */
export function refuseCircle(name: string, path: readonly string[]): void {
  if (path.includes(name)) throw new HotError('StackValidationFailed', `Circular definition for condition "${name}"`);
}
