export { aStream, anEvent, someEvents } from './an-event.ts';
export { InMemoryEventLog, InMemoryStore } from './in-memory-event-log.ts';
