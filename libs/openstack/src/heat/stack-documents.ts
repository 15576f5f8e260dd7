import { numberOf, recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { PreviewedResource, Stack, StackAction, StackEvent, StackProgress, StackStatus } from './heat-stacks.port.ts';

const PROGRESS: Readonly<Record<string, StackProgress>> = { IN_PROGRESS: 'in-progress', COMPLETE: 'complete', FAILED: 'failed' };

/** E.g. of `CREATE_IN_PROGRESS`. Words that nobody knows yet count as in progress: nothing is concluded from them. */
export function statusOf(status: unknown, reason: unknown): StackStatus {
  const [, action = '', progress = ''] = /^([A-Z]+)_([A-Z_]+)$/.exec(textOf(status) ?? '') ?? [];
  const words = textOf(reason) ?? '';
  // A stack or resource that Heat knows and has not begun with.
  if (action === 'INIT' || action === '') return { action: 'CREATE', progress: 'in-progress', reason: words };
  return { action: action as StackAction, progress: PROGRESS[progress] ?? 'in-progress', reason: words };
}

export function stackOf(body: JsonRecord): Stack | undefined {
  const stack = recordOf(body['stack']);
  const id = textOf(stack?.['id']);
  const name = textOf(stack?.['stack_name']);
  if (!stack || id === undefined || name === undefined) return undefined;
  const outputs = recordsOf(stack['outputs']).map((output) => [textOf(output['output_key']) ?? '', output] as const);
  return {
    id, name, ...statusOf(stack['stack_status'], stack['stack_status_reason']),
    tags: (Array.isArray(stack['tags']) ? (stack['tags'] as unknown[]) : []).map(String),
    parameters: Object.fromEntries(Object.entries(recordOf(stack['parameters']) ?? {}).map(([key, value]) => [key, asText(value)])),
    outputs: Object.fromEntries(outputs.map(([key, output]) => [key, output['output_value'] ?? null])),
    outputErrors: Object.fromEntries(outputs.flatMap(([key, output]) => {
      const error = textOf(output['output_error']);
      return error === undefined ? [] : [[key, error]];
    })),
    createdAt: textOf(stack['creation_time']) ?? '',
    updatedAt: textOf(stack['updated_time']) ?? null,
  };
}

export function eventOf(event: JsonRecord): StackEvent {
  return {
    id: textOf(event['id']) ?? '',
    at: textOf(event['event_time']) ?? '',
    resourceName: textOf(event['resource_name']) ?? textOf(event['logical_resource_id']) ?? '',
    physicalId: textOf(event['physical_resource_id']) || null,
    ...statusOf(event['resource_status'], event['resource_status_reason']),
  };
}

/** Heat shows a nested stack as the list of what is in it, in the place of the resource that holds it. */
export function previewedOf(resources: unknown): readonly PreviewedResource[] {
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((resource: unknown) => {
    if (Array.isArray(resource)) return previewedOf(resource);
    const name = textOf(recordOf(resource)?.['resource_name']);
    return name === undefined ? [] : [{ name, type: textOf(recordOf(resource)?.['resource_type']) ?? '' }];
  });
}

function asText(value: unknown): string {
  return textOf(value) ?? String(numberOf(value) ?? JSON.stringify(value));
}
