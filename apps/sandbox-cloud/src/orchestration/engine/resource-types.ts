import { mappedType } from '../hot/environment.ts';
import { invalid } from '../hot/hot-error.ts';
import type { StackDefinition } from './records.ts';
import type { ResourceType } from './resource-type.ts';

export interface ResolvedType {
  /** Name of the type, or of the template among the files that stands for it. */
  readonly implementation: string;
  readonly type: ResourceType;
}

/** The resource types there are, and what the environment of a stack makes of them. */
export class ResourceTypes {
  private readonly types: ReadonlyMap<string, ResourceType>;
  private readonly templateTypes = new WeakMap<StackDefinition, Map<string, ResourceType>>();

  constructor(
    types: readonly ResourceType[],
    /** A type whose resources are stacks made of a template. */
    private readonly templateType: (path: string, definition: StackDefinition) => ResourceType,
  ) {
    this.types = new Map(types.map((type) => [type.name, type]));
  }

  names(): string[] {
    return [...this.types.keys()].sort();
  }

  get(name: string): ResourceType | undefined {
    return this.types.get(name);
  }

  /** @throws {HotError} for a type that is not known, worded as Heat does. */
  resolve(definition: StackDefinition, { name, type }: { readonly name: string; readonly type: string }): ResolvedType {
    const mapping = mappedType(definition.environment, type, name);
    if ('template' in mapping) {
      const path = mapping.template;
      if (definition.files[path] === undefined) throw invalid(`Could not fetch remote template "${path}": Invalid URL scheme `);
      return { implementation: path, type: this.fromTemplate(path, definition) };
    }
    const found = this.types.get(mapping.type);
    if (!found) throw invalid(`The Resource Type (${type}) could not be found.`);
    return { implementation: mapping.type, type: found };
  }

  /** What a resource that exists was made with; a template need not be there any more. */
  of(implementation: string, definition: StackDefinition): ResourceType {
    return this.types.get(implementation) ?? this.fromTemplate(implementation, definition);
  }

  private fromTemplate(path: string, definition: StackDefinition): ResourceType {
    const known = this.templateTypes.get(definition) ?? new Map<string, ResourceType>();
    this.templateTypes.set(definition, known);
    const type = known.get(path) ?? this.templateType(path, definition);
    known.set(path, type);
    return type;
  }
}
