import { isTrue } from './conditions.ts';
import { chosenBranch } from './condition-functions.ts';
import { evaluation } from './evaluate.ts';
import { callOf } from './functions.ts';
import { HotError } from './hot-error.ts';
import { isMap, textOf } from './json.ts';
import type { Json } from './json.ts';
import type { StackScope } from './stack-scope.ts';
import type { ResourceDefinition, Template } from './template.ts';

/** Which resources each resource must wait for. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** The resources that an expression refers to; branches that are not taken do not count. */
export function referredIn(value: Json, scope: StackScope): string[] {
  const call = callOf(value, scope.version);
  if (call?.name === 'if') return referredIn(chosenBranch(call.args, (condition) => isTrue(condition, evaluation(scope))), scope);
  if (call?.name === 'get_resource' && typeof call.args === 'string') return [call.args];
  if (call?.name === 'get_attr' && Array.isArray(call.args)) {
    return [textOf(call.args[0]), ...call.args.slice(1).flatMap((arg) => referredIn(arg, scope))];
  }
  if (Array.isArray(value)) return value.flatMap((item) => referredIn(item, scope));
  return isMap(value) ? Object.values(value).flatMap((item) => referredIn(item, scope)) : [];
}

/** The resources of a template that are there under these parameters. */
export function presentResources(template: Template, scope: StackScope): ReadonlyMap<string, ResourceDefinition> {
  return new Map([...template.resources].filter(([, definition]) => scope.includes(definition)));
}

/**
 * Who waits for whom.
 *
 * @throws {HotError} for a reference to a resource that the template does not have, and for a circle.
 */
export function dependenciesOf(template: Template, scope: StackScope): Dependencies {
  const present = presentResources(template, scope);
  const dependencies = new Map([...present].map(([name, definition]) => {
    const required = [
      ...definition.dependsOn.map((other) => known(other, name, template)),
      ...Object.entries(definition.properties).flatMap(([property, value]) =>
        referredIn(value, scope).map((other) => known(other, `${name}.Properties.${property}`, template))),
      ...referredIn(definition.metadata, scope).map((other) => known(other, `${name}.Metadata`, template)),
    ];
    // What a condition has taken away is not waited for.
    return [name, new Set(required.filter((other) => present.has(other)))] as const;
  }));
  refuseCircles(dependencies);
  return dependencies;
}

function known(resource: string, place: string, template: Template): string {
  if (template.resources.has(resource)) return resource;
  throw new HotError('InvalidTemplateReference', `The specified reference "${resource}" (in ${place}) is incorrect.`);
}

function refuseCircles(dependencies: Dependencies): void {
  const left = new Map([...dependencies].map(([name, required]) => [name, new Set(required)]));
  for (let free = [...left.keys()].filter((name) => left.get(name)!.size === 0); free.length > 0;) {
    for (const name of free) left.delete(name);
    for (const required of left.values()) for (const name of free) required.delete(name);
    free = [...left.keys()].filter((name) => left.get(name)!.size === 0);
  }
  if (left.size > 0) throw new HotError('CircularDependencyException', `Circular Dependency Found: ${[...left.keys()].join(', ')}`);
}

/** What is there already with further dependencies, but for those that would make a circle. */
export function withFurther(dependencies: Dependencies, further: Iterable<readonly [string, readonly string[]]>): Dependencies {
  const all = new Map([...dependencies].map(([name, required]) => [name, new Set(required)]));
  const leadsTo = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...all.get(from) ?? []].some((next) => leadsTo(next, to, seen));
  };
  for (const [name, others] of further) for (const other of others) if (all.has(other) && !leadsTo(other, name)) all.get(name)?.add(other);
  return all;
}
