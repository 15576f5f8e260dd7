import type { Clock } from '../../inventory/clock.ts';
import type { StackDefinition } from '../engine/records.ts';
import type { AttributeContext, PropertyChange, ResourceContext, ResourceType } from '../engine/resource-type.ts';
import type { HoldsStack } from '../engine/validation.ts';
import { isMap, listed, textOf } from '../hot/json.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { select } from '../hot/reference-functions.ts';
import { memberAttribute } from './member-attribute.ts';
import { typeSchema } from './schemas.ts';

/** The members' names: numbers from 0 on, without those that were removed once. */
export function memberNames(count: number, removed: readonly string[]): string[] {
  const names: string[] = [];
  for (let index = 0; names.length < count; index += 1) if (!removed.includes(String(index))) names.push(String(index));
  return names;
}

/** Many resources of one definition, in a stack of their own. */
export class ResourceGroupType implements ResourceType, HoldsStack {
  readonly name = 'OS::Heat::ResourceGroup';
  readonly schemas = typeSchema('OS::Heat::ResourceGroup').schemas;
  /** Every attribute that its members have, as a list. */
  readonly attributes = undefined;
  readonly listedAttributes = ['refs', 'attributes', 'refs_map', 'removed_rsrc_list'];
  readonly alwaysUpdated = true;
  readonly repairable = true;

  constructor(private readonly clock: Clock) {}

  definitionFor(properties: JsonMap, outer: StackDefinition): StackDefinition | undefined {
    const count = properties['count'];
    if (!isMap(properties['resource_def']) || count === undefined || Number(count) === 0) return undefined;
    return definitionOf(memberDefinitions(memberNames(1, []), properties), outer);
  }

  async create(context: ResourceContext): Promise<void> {
    this.remember(context);
    const names = memberNames(countOf(context), removedFrom(context));
    const { size, pauseMs } = batching(context.updatePolicy['batch_create'], names.length);
    for (let done = Math.min(size, names.length); ; done = Math.min(done + size, names.length)) {
      await context.nested.converge(definitionOf(memberDefinitions(names.slice(0, done), context.properties), context.stack.definition));
      if (done === names.length) return;
      await this.clock.sleep(pauseMs, context.signal);
    }
  }

  async update(context: ResourceContext, { changed }: PropertyChange): Promise<void> {
    this.remember(context);
    const names = memberNames(countOf(context), removedFrom(context));
    const { size, pauseMs } = batching(context.updatePolicy['rolling_update'], names.length);
    const members = memberDefinitions(names, context.properties);
    const before = this.membersOf(context);
    if (changed.includes('resource_def') && size < names.length) {
      for (let done = size; done < names.length; done += size) {
        const mixed = Object.fromEntries(names.map((name, index) => [name, index < done ? members[name]! : before[name] ?? members[name]!]));
        await context.nested.converge(definitionOf(mixed, context.stack.definition));
        await this.clock.sleep(pauseMs, context.signal);
      }
    }
    await context.nested.converge(definitionOf(members, context.stack.definition));
  }

  delete({ nested }: ResourceContext): Promise<void> {
    return nested.delete();
  }

  attribute(context: AttributeContext, attribute: string, path: readonly Json[]): Json | undefined {
    const { record, nested } = context;
    const stack = nested.of(record);
    if (attribute === 'removed_rsrc_list') return removedFrom(context);
    if (!stack) return null;
    const names = nested.names(stack).sort((one, other) => Number(one) - Number(other));
    if (attribute === 'refs') return select(names.map((name) => nested.reference(stack, name)), path) ?? null;
    if (attribute === 'refs_map') {
      return select(Object.fromEntries(names.map((name) => [name, nested.reference(stack, name)])), path) ?? null;
    }
    if (attribute === 'attributes') {
      if (path.length === 0) return null;
      return Object.fromEntries(names.map((name) => [name, nested.attribute(stack, name, textOf(path[0]), path.slice(1))]));
    }
    if (attribute.startsWith('resource.')) return memberAttribute(context, stack, attribute, path);
    return names.map((name) => nested.attribute(stack, name, attribute, path));
  }

  private membersOf({ record, nested }: ResourceContext): JsonMap {
    const resources = nested.of(record)?.definition.template['resources'];
    return isMap(resources) ? resources : {};
  }

  /** Names given for removal are never used again, unless the mode says to begin anew. */
  private remember(context: ResourceContext): void {
    const { record, properties, save } = context;
    const kept = properties['removal_policies_mode'] === 'update' ? [] : removedFrom(context);
    const asked = listed(properties['removal_policies']).flatMap((policy) => (isMap(policy) ? listed(policy['resource_list']) : []));
    const removed = asked.flatMap((member) => this.nameOf(context, member));
    record.data['removed'] = [...new Set([...kept, ...removed])].sort();
    save();
  }

  /** A member is named by its position or by what `get_resource` gives for it. */
  private nameOf({ record, nested }: ResourceContext, member: Json): string[] {
    const text = textOf(member);
    const stack = nested.of(record);
    const names = stack ? nested.names(stack) : [];
    if (!stack || names.includes(text) || removedFrom({ record }).includes(text)) return [text];
    return names.filter((name) => nested.reference(stack, name) === member);
  }
}

function countOf({ properties }: ResourceContext): number {
  return Number(properties['count'] ?? 1);
}

function removedFrom({ record }: Pick<AttributeContext, 'record'>): string[] {
  return (record.data['removed'] as string[] | undefined) ?? [];
}

function batching(policy: Json | undefined, all: number): { readonly size: number; readonly pauseMs: number } {
  if (!isMap(policy)) return { size: Math.max(1, all), pauseMs: 0 };
  return { size: Math.max(1, Number(policy['max_batch_size'] ?? 1)), pauseMs: Number(policy['pause_time'] ?? 0) * 1_000 };
}

function memberDefinitions(names: readonly string[], properties: JsonMap): JsonMap {
  const { properties: given, ...definition } = properties['resource_def'] as JsonMap;
  const variable = textOf(properties['index_var'] ?? '%index%');
  const clean = isMap(given) ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) : {};
  return Object.fromEntries(names.map((name) => [name, { ...definition, properties: indexed(clean, variable, name) }]));
}

function indexed(value: Json, variable: string, index: string): Json {
  if (typeof value === 'string') return value.replaceAll(variable, index);
  if (Array.isArray(value)) return value.map((item) => indexed(item, variable, index));
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, indexed(item, variable, index)])) : value;
}

/** Environments go down into nested stacks, parameters do not. */
function definitionOf(resources: JsonMap, { files, environment }: StackDefinition): StackDefinition {
  return { template: { heat_template_version: '2015-04-30', resources }, files, environment: { ...environment, parameters: {} } };
}
