import type { CustomConstraints } from '../hot/constraints.ts';
import type { JsonMap } from '../hot/json.ts';
import { parameterValues } from '../hot/parameters.ts';
import { StackScope } from '../hot/stack-scope.ts';
import type { ResourceView } from '../hot/stack-scope.ts';
import { parseTemplate } from '../hot/template.ts';
import type { Template } from '../hot/template.ts';
import type { StackDefinition } from './records.ts';

/** A definition read and its parameters settled: what the expressions of one stack are evaluated with. */
export interface StackView {
  readonly template: Template;
  /** Without the pseudo parameters. */
  readonly parameters: JsonMap;
  readonly scope: StackScope;
}

export interface StackIdentity {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId?: string;
}

/** Where a resource is, in messages: numbers are written as positions. */
export function resourcePath(name: string): string {
  return /^\d+$/.test(name) ? `resources[${name}]` : `resources.${name}`;
}

const parsed = new WeakMap<JsonMap, Template>();

/** @throws {HotError} */
export function templateOf({ template }: StackDefinition): Template {
  const known = parsed.get(template) ?? parseTemplate(template);
  parsed.set(template, known);
  return known;
}

/** How closely a definition is looked at: `loose` lets parameters be missing. */
export type Strictness = 'strict' | 'loose';

/**
 * @param custom asks the cloud; left out for a definition that was accepted already.
 * @throws {HotError}
 */
export function stackView(
  stack: StackIdentity, definition: StackDefinition, resources: ResourceView, custom: CustomConstraints = () => undefined,
  strictness: Strictness = 'strict',
): StackView {
  const template = templateOf(definition);
  const { parameters: given, parameterDefaults: defaults } = definition.environment;
  const parameters = strictness === 'strict'
    ? parameterValues({ schemas: template.parameters, given, defaults, custom })
    : Object.fromEntries(template.parameters.map((schema) => [schema.name, given[schema.name] ?? defaults[schema.name] ?? schema.default ?? null]));
  const pseudo = { 'OS::stack_id': stack.id, 'OS::project_id': stack.projectId, 'OS::stack_name': stack.name, 'OS::region': 'RegionOne' };
  const scope = new StackScope({ template, parameters: { ...parameters, ...pseudo }, files: definition.files, resources });
  return { template, parameters, scope };
}
