import { checkCondition } from './conditions.ts';
import { callOf } from './functions.ts';
import { HotError, invalid } from './hot-error.ts';
import { isMap } from './json.ts';
import type { Json } from './json.ts';
import type { Template } from './template.ts';

/** Whether a resource of the template has an attribute; says yes of what it does not know. */
export type HasAttribute = (resource: string, attribute: string) => boolean;

/**
 * Looks through an expression for calls that cannot work whatever the values are.
 *
 * @throws {HotError} with the place, as Heat writes it.
 */
export function checkExpressions(value: Json, path: string, template: Template, hasAttribute: HasAttribute): void {
  const call = callOf(value, template.version);
  const inner = (item: Json, place: string) => checkExpressions(item, place, template, hasAttribute);
  if (Array.isArray(value)) {
    value.forEach((item, index) => inner(item, `${path}[${index}]`));
    return;
  }
  if (!call) {
    if (isMap(value)) for (const [key, item] of Object.entries(value)) inner(item, `${path}.${key}`);
    return;
  }
  const place = `${path}.${call.name}`;
  refusedAt(place, () => call.fn.check?.(call.args, call.name));
  if (call.name === 'if') checkCondition((call.args as Json[])[0]!, place, (name) => Object.hasOwn(template.conditions, name));
  if (call.name === 'get_attr') refusedAt(place, () => checkAttribute(call.args as Json[], template, hasAttribute));
  inner(call.args, place);
}

function refusedAt(place: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof HotError ? invalid(`${place}: : ${error.message}`) : error;
  }
}

function checkAttribute([resource, attribute]: Json[], template: Template, hasAttribute: HasAttribute): void {
  if (typeof resource !== 'string') return;
  if (!template.resources.has(resource)) {
    throw new HotError('InvalidTemplateReference', `The specified reference "${resource}" (in unknown) is incorrect.`);
  }
  if (typeof attribute !== 'string' || hasAttribute(resource, attribute)) return;
  throw new HotError('InvalidTemplateAttribute', `The Referenced Attribute (${resource} ${attribute}) is incorrect.`);
}
