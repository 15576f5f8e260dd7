import { recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { StackResource } from './heat-stacks.port.ts';
import { statusOf } from './stack-documents.ts';

interface Listed {
  readonly resource: Omit<StackResource, 'path'>;
  /** Id of the stack that it is in; the stack asked about or a nested one. */
  readonly stackId: string | undefined;
}

/**
 * A flat list of Heat's, with the way down to each resource. A nested stack is the physical resource of the one that
 * holds it, so the way up goes from the stack of a resource to the resource with that physical id.
 */
export function stackResourcesOf(body: JsonRecord): readonly StackResource[] {
  const listed = recordsOf(body['resources']).map(listedOf);
  const holders = new Map(listed.flatMap((one) => (one.resource.physicalId === null ? [] : [[one.resource.physicalId, one] as const])));
  return listed.map((one) => ({ ...one.resource, path: pathOf(one, holders) }));
}

function pathOf(one: Listed, holders: ReadonlyMap<string, Listed>): readonly string[] {
  const path = [one.resource.name];
  const seen = new Set([one]);
  for (let holder = holderOf(one, holders); holder && !seen.has(holder); holder = holderOf(holder, holders)) {
    seen.add(holder);
    path.unshift(holder.resource.name);
  }
  return path;
}

function holderOf({ stackId }: Listed, holders: ReadonlyMap<string, Listed>): Listed | undefined {
  return stackId === undefined ? undefined : holders.get(stackId);
}

function listedOf(record: JsonRecord): Listed {
  const stackLink = recordsOf(record['links']).find(({ rel }) => rel === 'stack');
  return {
    stackId: textOf(stackLink?.['href'])?.split('/').at(-1),
    resource: {
      name: textOf(record['resource_name']) ?? textOf(record['logical_resource_id']) ?? '',
      type: textOf(record['resource_type']) ?? '',
      physicalId: textOf(record['physical_resource_id']) || null,
      updatedAt: textOf(record['updated_time']) ?? '',
      ...statusOf(record['resource_status'], record['resource_status_reason']),
    },
  };
}
