import type { StackDefinition } from '../engine/records.ts';
import type { AttributeContext, ResourceContext, ResourceType } from '../engine/resource-type.ts';
import { templateOf } from '../engine/stack-view.ts';
import type { HoldsStack } from '../engine/validation.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import type { ParameterType } from '../hot/parameters.ts';
import type { PropertySchema, PropertySchemas } from '../hot/properties.ts';
import { select } from '../hot/reference-functions.ts';
import { parseYaml } from '../hot/yaml.ts';
import { memberAttribute } from './member-attribute.ts';

const PROPERTY_TYPES: Readonly<Record<ParameterType, PropertySchema['type']>> = {
  string: 'String', number: 'Number', comma_delimited_list: 'List', json: 'Any', boolean: 'Boolean',
};

/** Texts are parsed once: a group may hold thousands of resources of one template. */
const parsed = new Map<string, JsonMap>();
const MAX_PARSED = 500;

function templateText(text: string): JsonMap {
  const known = parsed.get(text) ?? parseYaml(text, 'template');
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, known);
  return known;
}

/** A resource that is a stack made of a template among the files: its properties are parameters there, its attributes outputs. */
export class TemplateResourceType implements ResourceType, HoldsStack {
  readonly schemas: PropertySchemas | undefined;
  readonly attributes: readonly string[] | undefined;
  readonly alwaysUpdated = true;
  readonly repairable = true;

  /** @param definition without the file, only what needs no template can be done. */
  constructor(readonly name: string, definition: StackDefinition) {
    const inner = this.inner({}, definition);
    if (!inner) return;
    const { parameters, outputs } = templateOf(inner);
    const { parameterDefaults } = inner.environment;
    this.schemas = Object.fromEntries(parameters.map((parameter) => [parameter.name, {
      type: PROPERTY_TYPES[parameter.type], update: true,
      required: parameter.default === undefined && parameterDefaults[parameter.name] === undefined,
    }]));
    this.attributes = [...outputs.map((output) => output.name), 'outputs'];
  }

  definitionFor(properties: JsonMap, outer: StackDefinition): StackDefinition | undefined {
    return this.inner(properties, outer);
  }

  create(context: ResourceContext): Promise<void> {
    return context.nested.converge(this.inner(context.properties, context.stack.definition)!);
  }

  update(context: ResourceContext): Promise<void> {
    return this.create(context);
  }

  delete({ nested }: ResourceContext): Promise<void> {
    return nested.delete();
  }

  attribute(context: AttributeContext, attribute: string, path: readonly Json[]): Json | undefined {
    const { record, nested } = context;
    const stack = nested.of(record);
    if (!stack) return null;
    if (attribute.startsWith('resource.')) return memberAttribute(context, stack, attribute, path);
    const outputs = nested.outputs(stack);
    if (attribute === 'outputs' && !Object.hasOwn(outputs, attribute)) return select(outputs, path) ?? null;
    return Object.hasOwn(outputs, attribute) ? select(outputs[attribute]!, path) ?? null : undefined;
  }

  reference({ record, stack: { projectId }, nested }: AttributeContext): Json {
    const stack = nested.of(record);
    if (!stack) return record.physicalId;
    const outputs = templateOf(stack.definition).outputs.some(({ name }) => name === 'OS::stack_id') ? nested.outputs(stack) : {};
    return outputs['OS::stack_id'] ?? `arn:openstack:heat::${projectId}:stacks/${stack.name}/${stack.id}`;
  }

  private inner(properties: JsonMap, { files, environment }: StackDefinition): StackDefinition | undefined {
    const text = files[this.name];
    if (text === undefined) return undefined;
    const given = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
    return { template: templateText(text), files, environment: { ...environment, parameters: given } };
  }
}
