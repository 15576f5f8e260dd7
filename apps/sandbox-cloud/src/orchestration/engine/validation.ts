import { checkExpressions } from '../hot/check-expressions.ts';
import type { CustomConstraints } from '../hot/constraints.ts';
import { dependenciesOf, presentResources, referredIn } from '../hot/dependencies.ts';
import { evaluate } from '../hot/evaluate.ts';
import { isTemplateName } from '../hot/environment.ts';
import { HotError, invalid } from '../hot/hot-error.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { resolvedProperties, UNKNOWN } from '../hot/properties.ts';
import type { ResourceDefinition } from '../hot/template.ts';
import type { StackDefinition } from './records.ts';
import { currentNames } from './resource-type.ts';
import type { ResourceTypes } from './resource-types.ts';
import { resourcePath, stackView } from './stack-view.ts';
import type { StackIdentity, StackView, Strictness } from './stack-view.ts';

/** How deep stacks may be nested; Heat's default. */
export const MAX_DEPTH = 5;

/** What of a stack is known before anything of it exists. */
const NOTHING_YET = { reference: () => null, attribute: () => null };

/** A type whose resources hold stacks says of what, as far as that is known already. */
export interface HoldsStack {
  /** `undefined` when there is nothing to look at yet. */
  definitionFor(properties: JsonMap, outer: StackDefinition): StackDefinition | undefined;
}

interface Closeness {
  readonly strictness: Strictness;
  readonly depth: number;
}

/** Looks through a definition before anything is made of it, nested templates included. */
export class StackValidator {
  constructor(
    private readonly types: ResourceTypes,
    private readonly constraintsFor: (stack: StackIdentity) => CustomConstraints,
  ) {}

  /** @throws {HotError} for what Heat would refuse too. */
  validate(stack: StackIdentity, definition: StackDefinition, strictness: Strictness = 'strict', depth = 0): StackView {
    if (depth > MAX_DEPTH) throw invalid(`Recursion depth exceeds ${MAX_DEPTH}.`);
    const view = stackView(stack, definition, NOTHING_YET, this.constraintsFor(stack), strictness);
    const { template, scope } = view;
    const present = presentResources(template, scope);
    const duplicate = template.parameters.find(({ name }) => template.resources.has(name));
    if (duplicate) throw invalid(`Duplicate names {'${duplicate.name}'}`);
    dependenciesOf(template, scope);
    for (const resource of present.values()) this.validateResource(stack, definition, view, resource, { strictness, depth });
    for (const { name, value } of template.outputs) {
      checkExpressions(
        value, `outputs.${name}.value`, template, (resource, attribute) => this.hasAttribute(definition, view, resource, attribute),
      );
    }
    return view;
  }

  private validateResource(
    stack: StackIdentity, definition: StackDefinition, view: StackView, resource: ResourceDefinition, { strictness, depth }: Closeness,
  ): void {
    const { template, scope } = view;
    const path = `${resourcePath(resource.name)}.properties`;
    const { type, implementation } = this.types.resolve(definition, resource);
    checkExpressions(resource.properties, path, template, (other, attribute) => this.hasAttribute(definition, view, other, attribute));
    const known = (value: Json) => (strictness === 'loose' || referredIn(value, scope).length > 0 ? UNKNOWN : evaluate(value, scope));
    const properties = type.schemas === undefined ? {} : resolvedProperties({
      schemas: type.schemas, given: currentNames(type, resource.properties), path, evaluate: known, custom: this.constraintsFor(stack),
    });
    if (!('definitionFor' in type)) return;
    const inner = (type as unknown as HoldsStack).definitionFor(properties, definition);
    if (inner === undefined) return;
    try {
      this.validate({ ...stack, name: `${stack.name}-${resource.name}` }, inner, strictness, depth + 1);
    } catch (error) {
      // Parameters of a nested stack may depend on what does not exist yet.
      if (error instanceof HotError && error.type === 'UserParameterMissing' && Object.keys(properties).length < Object.keys(resource.properties).length) {
        return;
      }
      if (error instanceof HotError) {
        throw new HotError(
          error.type,
          within(`${resourcePath(resource.name)}<${isTemplateName(implementation) ? implementation : 'nested_stack'}>`, error.message),
        );
      }
      throw error;
    }
  }

  private hasAttribute(definition: StackDefinition, { template }: StackView, resource: string, attribute: string): boolean {
    const { type } = this.types.resolve(definition, template.resources.get(resource)!);
    return type.attributes === undefined || type.attributes.includes(attribute) || attribute.startsWith('resource.');
  }
}

/** A place inside of a nested stack, seen from outside: what is in front of the place stays there. */
function within(place: string, message: string): string {
  return message.replace(/^((?:Property error: : )?)(?=(?:resources|outputs|conditions)[.[])/, `$1${place.replaceAll('$', '$$$$')}.`);
}
