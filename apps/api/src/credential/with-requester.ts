import { isDomainError, operationIdOf } from '@jeroboam/domain';
import type { Requesters } from '../api-dependencies.ts';
import type { Acting } from '../command/commands.ts';

/** Leaves the requester's token for the operation that is asked for, and none behind of one that is refused. */
export async function withRequester<T>(requesters: Requesters | null | undefined, bayId: string, { caller, commandId }: Acting, ask: () => Promise<T>): Promise<T> {
  if (!requesters) return ask();
  const operationId = operationIdOf(commandId);
  await requesters.hand(bayId, operationId, caller.token);
  try {
    return await ask();
  } catch (error) {
    // Whether it was refused is not known when a service was away.
    if (isDomainError(error) && error.kind !== 'unavailable') await requesters.takeBack(bayId, operationId);
    throw error;
  }
}
