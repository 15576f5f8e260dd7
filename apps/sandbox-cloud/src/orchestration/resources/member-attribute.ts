import type { StackRecord } from '../engine/records.ts';
import type { AttributeContext } from '../engine/resource-type.ts';
import { HotError } from '../hot/hot-error.ts';
import { textOf } from '../hot/json.ts';
import type { Json } from '../hot/json.ts';

/**
 * `resource.NAME` and `resource.NAME.ATTRIBUTE`: what a resource inside of another one's stack is, or has.
 *
 * @throws {HotError} for one that is not there.
 */
export function memberAttribute({ record, nested }: AttributeContext, stack: StackRecord, attribute: string, path: readonly Json[]): Json {
  const [, member = '', ...rest] = attribute.split('.');
  if (!nested.names(stack).includes(member)) {
    throw new HotError('KeyError', `Member '${member}' not found in group resource '${record.name}'.`);
  }
  const [name, ...further] = [...(rest.length > 0 ? [rest.join('.')] : []), ...path];
  return name === undefined ? nested.reference(stack, member) : nested.attribute(stack, member, textOf(name), further);
}
