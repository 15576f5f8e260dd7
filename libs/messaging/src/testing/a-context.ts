import { randomUUID } from 'node:crypto';
import type { MessageContext } from '../message.ts';

/** A context as the api would make it; each call is another request. */
export function aContext(overrides: Partial<MessageContext> = {}): MessageContext {
  return {
    actor: { userId: 'user-1', projectId: 'project-1', roles: ['member'] },
    requestId: `req-${randomUUID()}`,
    commandId: randomUUID(),
    correlationId: randomUUID(),
    causationId: null,
    ...overrides,
  };
}
