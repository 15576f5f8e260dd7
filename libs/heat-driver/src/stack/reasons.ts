import { isDomainError } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StackFailure } from '@jeroboam/openstack';
import type { FoundStack } from './stack-service.port.ts';

const ID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** What happened to a stack, with the service, its status and its words. */
export function sentenceOf(stack: FoundStack, failure: StackFailure | undefined): string {
  const stood = `The stack ${stack.name} is ${stack.action}_FAILED`;
  if (!failure) return `${stood}: ${stack.reason}`;
  const what = failure.path.length > 0 ? `${failure.path.join('.')} (${failure.type})` : 'the stack';
  const service = failure.service === undefined || failure.path.length === 0 ? '' : ` in the ${failure.service} service`;
  const status = failure.httpStatus === undefined || failure.reason.includes(String(failure.httpStatus)) ? '' : ` with status ${failure.httpStatus}`;
  return `${stood}: ${what} failed${service}${status}: ${failure.reason}`;
}

/** Ids that the reason names, as a service does of what stands in the way; else the resource that failed. */
export function blockersOf(failure: StackFailure | undefined): readonly string[] {
  if (!failure) return [];
  const ids = [...new Set(failure.reason.match(ID) ?? [])];
  if (failure.cause === 'in-use' && ids.length > 0) return ids;
  if (failure.path.length > 0) return [failure.path.join('.')];
  // Where no resource can be told, Heat's words for the stack name the one that failed.
  const [, named] = /resources\.([\w-]+)/.exec(failure.reason) ?? [];
  return named === undefined ? [] : [named];
}

/** Whether trying again is worth it without anybody changing what was asked for. */
export function passes({ cause }: StackFailure): boolean {
  return cause === 'quota' || cause === 'in-use';
}

/**
 * Says in the words of the driver contract what the cloud threw. Whatever else was thrown (the ledger's refusals, an
 * abort, a bug) is not ours to translate.
 */
export async function inCloud<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    // A full project is a matter of its owner's making room; a template that Heat refuses will be refused again.
    const passing = error.kind === 'unavailable' || error.kind === 'conflict' || /limit|quota|maximum/i.test(error.message);
    throw new StepFailed(error.message, { retryable: passing && error.code !== 'STACK_NAME_TAKEN', cause: error });
  }
}
