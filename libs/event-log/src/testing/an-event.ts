import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@jeroboam/domain';

/** A new event with plausible contents; name what the test is about. */
export function anEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  const commandId = randomUUID();
  return {
    eventId: randomUUID(),
    type: 'BayResized',
    schemaVersion: 1,
    data: { nodeCount: 3 },
    occurredAt: '2026-11-01T12:00:00.000Z',
    actor: { userId: 'user-1', projectId: 'project-1', roles: ['member'] },
    requestId: `req-${randomUUID()}`,
    commandId,
    correlationId: commandId,
    causationId: null,
    ...overrides,
  };
}

/** `count` new events that tell themselves apart by `data.index`. */
export function someEvents(count: number, overrides: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, (_, index) => anEvent({ data: { index }, ...overrides }));
}

/** A stream name nobody else uses. */
export function aStream(category = 'bay'): string {
  return `${category}-${randomUUID()}`;
}
