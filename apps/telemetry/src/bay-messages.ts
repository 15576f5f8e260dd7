import { randomUUID } from 'node:crypto';
import { SYSTEM_ACTOR } from '@jeroboam/domain';
import type { BaySpec } from '@jeroboam/domain';
import type { MessageClient, MessageContract } from '@jeroboam/messaging';

/** Messages to other services about one bay, on behalf of its project. */
export class BayMessages {
  constructor(
    private readonly client: MessageClient,
    private readonly timeoutMs: number,
  ) {}

  send<Request, Reply>(contract: MessageContract<Request, Reply>, { projectId }: BaySpec, payload: Request): Promise<Reply> {
    const commandId = randomUUID();
    const actor = { ...SYSTEM_ACTOR, projectId };
    const context = { actor, requestId: `req-${commandId}`, commandId, correlationId: commandId, causationId: null };
    return this.client.send(contract, payload, { context, timeoutMs: this.timeoutMs });
  }
}
