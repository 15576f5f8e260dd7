import { isTrue } from './conditions.ts';
import { evaluation } from './evaluate.ts';
import { HotError, invalid } from './hot-error.ts';
import type { Scope } from './hot-function.ts';
import type { Json, JsonMap } from './json.ts';
import { refuseCircle } from './template.ts';
import type { OutputDefinition, ResourceDefinition, Template } from './template.ts';

/** What expressions learn about the resources of their stack. */
export interface ResourceView {
  reference(resource: string): Json;
  attribute(resource: string, attribute: string | null, path: readonly Json[]): Json;
}

export interface ScopeInputs {
  readonly template: Template;
  /** Checked values, pseudo parameters included. */
  readonly parameters: JsonMap;
  /** Contents by the path they are asked for with. */
  readonly files: Readonly<Record<string, string>>;
  readonly resources: ResourceView;
}

/** What the expressions of one stack see. */
export class StackScope implements Scope {
  readonly version: string;
  private readonly conditions = new Map<string, boolean>();
  private readonly asking: string[] = [];

  constructor(private readonly inputs: ScopeInputs) {
    this.version = inputs.template.version;
  }

  parameter(name: string): Json {
    const { parameters } = this.inputs;
    if (!Object.hasOwn(parameters, name)) throw new HotError('UserParameterMissing', `The Parameter (${name}) was not provided.`);
    return parameters[name]!;
  }

  condition(name: string): boolean {
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const { conditions } = this.inputs.template;
    if (!Object.hasOwn(conditions, name)) throw invalid(`Invalid condition "${name}"`);
    refuseCircle(name, this.asking);
    this.asking.push(name);
    const value = isTrue(conditions[name]!, evaluation(this));
    this.asking.pop();
    this.conditions.set(name, value);
    return value;
  }

  /** Whether a resource or output is there at all. */
  includes({ condition }: ResourceDefinition | OutputDefinition): boolean {
    return condition === undefined || isTrue(condition, evaluation(this));
  }

  file(path: string): string | undefined {
    return this.inputs.files[path];
  }

  reference(resource: string): Json {
    return this.inputs.resources.reference(resource);
  }

  attribute(resource: string, attribute: string | null, path: readonly Json[]): Json {
    return this.inputs.resources.attribute(resource, attribute, path);
  }
}
