import { canonicalJson } from '../template/canonical.ts';
import type { TemplateOutput, TemplateParameter } from '../template/template-bundle.ts';
import type { FrozenDriver, RenderedPlan } from './frozen-driver.ts';

/** How much a bay has to fear: nothing changed, no plan, only additions, anything else. */
export type ChangeClass = 'none' | 'patch' | 'minor' | 'major';
const RANK: readonly ChangeClass[] = ['none', 'patch', 'minor', 'major'];

export interface Finding {
  readonly change: Exclude<ChangeClass, 'none'>;
  /** A sentence for the driver's author. */
  readonly what: string;
}

export function atLeast(one: ChangeClass, other: ChangeClass): boolean {
  return RANK.indexOf(one) >= RANK.indexOf(other);
}

export function largest(classes: readonly ChangeClass[]): ChangeClass {
  return classes.reduce((most, each) => (atLeast(most, each) ? most : each), 'none');
}

/** Everything in which a driver differs from the one before. Both were rendered over the same corpus. */
export function differences(old: FrozenDriver, next: FrozenDriver): readonly Finding[] {
  const findings = [
    ...set('cluster type', old.provides.map(typeName), next.provides.map(typeName)),
    ...set('operation', old.operations, next.operations),
    ...parameters(old.template.parameters, next.template.parameters),
    ...outputs(old.template.outputs, next.template.outputs),
    ...labels(old.template.defaultLabels, next.template.defaultLabels),
    ...plans(old.plans, next.plans),
  ];
  // Other content that no plan shows: a comment, a description, a file that is put together in another way.
  if (findings.length === 0 && old.template.digest !== next.template.digest) return [{ change: 'patch', what: 'the template is written differently; no plan changes' }];
  return findings;
}

function typeName({ serverType, os, coe }: FrozenDriver['provides'][number]): string {
  return `(${serverType}, ${os}, ${coe})`;
}

function set(what: string, old: readonly string[], next: readonly string[]): readonly Finding[] {
  return [
    ...old.filter((each) => !next.includes(each)).map((each): Finding => ({ change: 'major', what: `${what} ${each} is gone` })),
    ...next.filter((each) => !old.includes(each)).map((each): Finding => ({ change: 'minor', what: `${what} ${each} is new` })),
  ];
}

type Compared<T> = { readonly gone: (name: string) => Finding; readonly added: (name: string, added: T) => Finding; readonly changed: (name: string, old: T, next: T) => Finding };

function members<T>(old: Readonly<Record<string, T>>, next: Readonly<Record<string, T>>, { gone, added, changed }: Compared<T>): readonly Finding[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  return names.flatMap((name) => {
    if (!Object.hasOwn(next, name)) return [gone(name)];
    if (!Object.hasOwn(old, name)) return [added(name, next[name]!)];
    return same(old[name], next[name]) ? [] : [changed(name, old[name]!, next[name]!)];
  });
}

function parameters(old: Readonly<Record<string, TemplateParameter>>, next: Readonly<Record<string, TemplateParameter>>): readonly Finding[] {
  return members(old, next, {
    gone: (name) => ({ change: 'major', what: `parameter ${name} is gone` }),
    added: (name, added) => ('default' in added
      ? { change: 'minor', what: `parameter ${name} is new, with a default` }
      : { change: 'major', what: `parameter ${name} is new and has no default` }),
    changed: changedParameter,
  });
}

function changedParameter(name: string, old: TemplateParameter, next: TemplateParameter): Finding {
  if (old.type !== next.type) return { change: 'major', what: `parameter ${name} is a ${next.type}, and was a ${old.type}` };
  if ('default' in old && !('default' in next)) return { change: 'major', what: `parameter ${name} has no default any more` };
  if (same(old.default, next.default)) return { change: 'patch', what: `parameter ${name} is described differently` };
  // What it does to bays that are there is seen in their plans.
  return { change: 'minor', what: `parameter ${name} has another default` };
}

function outputs(old: Readonly<Record<string, TemplateOutput>>, next: Readonly<Record<string, TemplateOutput>>): readonly Finding[] {
  return members(old, next, {
    gone: (name) => ({ change: 'major', what: `output ${name} is gone` }),
    added: (name) => ({ change: 'minor', what: `output ${name} is new` }),
    changed: (name, before, after) => (before.type === after.type
      ? { change: 'patch', what: `output ${name} is described differently` }
      : { change: 'major', what: `output ${name} is a ${after.type}, and was a ${before.type}` }),
  });
}

function labels(old: Readonly<Record<string, string>>, next: Readonly<Record<string, string>>): readonly Finding[] {
  const what = (name: string) => `default label ${name}`;
  return members(old, next, {
    gone: (name) => ({ change: 'minor', what: `${what(name)} is gone` }),
    added: (name) => ({ change: 'minor', what: `${what(name)} is new` }),
    changed: (name) => ({ change: 'minor', what: `${what(name)} is another` }),
  });
}

function plans(old: FrozenDriver['plans'], next: FrozenDriver['plans']): readonly Finding[] {
  return members<RenderedPlan>(old, next, {
    gone: (name) => ({ change: 'major', what: `${name}: it was not rendered` }),
    added: (name) => ({ change: 'minor', what: `${name}: it was not rendered before` }),
    changed: changedPlan,
  });
}

function changedPlan(name: string, old: RenderedPlan, next: RenderedPlan): Finding {
  if (old === null) return { change: 'minor', what: `${name}: it was refused and is not any more` };
  if (next === null) return { change: 'major', what: `${name}: it is refused` };
  const lost = Object.keys(old.resources).find((resource) => !same(old.resources[resource], next.resources[resource]));
  if (lost !== undefined) return { change: 'major', what: `${name}: resource ${lost} is ${Object.hasOwn(next.resources, lost) ? 'another' : 'gone'}` };
  if (!isSubsequence(old.steps, next.steps)) return { change: 'major', what: `${name}: steps are gone, another or in another order` };
  return { change: 'minor', what: `${name}: steps or resources are added` };
}

/** Whether all of `old` is still there, as it was and in its order. */
function isSubsequence(old: readonly unknown[], next: readonly unknown[]): boolean {
  let found = 0;
  for (const each of next) if (found < old.length && same(each, old[found])) found += 1;
  return found === old.length;
}

function same(one: unknown, other: unknown): boolean {
  return one === other || (one !== undefined && other !== undefined && canonicalJson(one) === canonicalJson(other));
}
