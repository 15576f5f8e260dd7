import { evaluate } from '../hot/evaluate.ts';
import { HotError } from '../hot/hot-error.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import type { OutputDefinition } from '../hot/template.ts';
import type { ResourceRecord, StackRecord } from './records.ts';
import type { AttributeContext, NestedView } from './resource-type.ts';
import type { ResourceTypes } from './resource-types.ts';
import type { StackStore } from './stack-store.ts';
import { stackView } from './stack-view.ts';
import type { StackView } from './stack-view.ts';

export interface OutputValue {
  readonly definition: OutputDefinition;
  readonly value: Json;
  /** Why it has none. */
  readonly error?: string;
}

const MAX_NAME = 255;

/** What can be asked of stacks: references, attributes, outputs. */
export class StackReader implements NestedView {
  constructor(
    private readonly store: StackStore,
    private readonly types: ResourceTypes,
  ) {}

  view(stack: StackRecord): StackView {
    return stackView(stack, stack.definition, {
      reference: (name) => this.reference(stack, name),
      attribute: (name, attribute, path) => this.attribute(stack, name, attribute, path),
    });
  }

  of(record: ResourceRecord): StackRecord | undefined {
    const child = record.physicalId === null ? undefined : this.store.stack(record.physicalId);
    return child?.parentResource === record.id && child.deletedAtMs === null ? child : undefined;
  }

  names(stack: StackRecord): string[] {
    return this.store.resources(stack.id).filter(({ current }) => current).map(({ name }) => name);
  }

  reference(stack: StackRecord, name: string): Json {
    const record = this.store.resource(stack.id, name);
    if (!record) return null;
    const type = this.types.of(record.implementation, stack.definition);
    return type.reference?.(this.context(stack, record)) ?? record.physicalId;
  }

  attribute(stack: StackRecord, name: string, attribute: string | null, path: readonly Json[]): Json {
    const record = this.store.resource(stack.id, name);
    if (!record || record.action === 'INIT') return null;
    if (attribute === null) return this.attributes(stack, record);
    const value = this.types.of(record.implementation, stack.definition).attribute(this.context(stack, record), attribute, path);
    if (value === undefined) {
      throw new HotError('InvalidTemplateAttribute', `The Referenced Attribute (${name} ${attribute}) is incorrect.`);
    }
    return value;
  }

  /** All attributes of a resource that can be told without a path. */
  attributes(stack: StackRecord, record: ResourceRecord): JsonMap {
    const type = this.types.of(record.implementation, stack.definition);
    const names = (type.listedAttributes ?? type.attributes ?? []).filter((name) => name !== 'show');
    return Object.fromEntries(names.map((name) => {
      const value = record.action === 'INIT' ? null : type.attribute(this.context(stack, record), name, []);
      return [name, value ?? null];
    }));
  }

  outputs(stack: StackRecord): JsonMap {
    return Object.fromEntries(this.outputValues(stack).map(({ definition, value }) => [definition.name, value]));
  }

  /** Outputs whose condition holds; one that cannot be evaluated says why. */
  outputValues(stack: StackRecord): OutputValue[] {
    const { template, scope } = this.view(stack);
    return template.outputs.filter((definition) => scope.includes(definition)).map((definition) => {
      try {
        return { definition, value: evaluate(definition.value, scope) };
      } catch (error) {
        if (!(error instanceof HotError)) throw error;
        return { definition, value: null, error: error.message };
      }
    });
  }

  context(stack: StackRecord, record: ResourceRecord): AttributeContext {
    return { record, stack, nested: this, physicalName: physicalName(stack, record), save: () => this.store.saveResource(record) };
  }
}

/** Heat's names for what a resource makes, cut in the middle where they would be too long. */
export function physicalName(stack: StackRecord, { name, suffix }: ResourceRecord): string {
  const full = `${stack.name}-${name}-${suffix}`;
  return full.length <= MAX_NAME ? full : `${full.slice(0, 2)}-${full.slice(full.length - MAX_NAME + 3)}`;
}
