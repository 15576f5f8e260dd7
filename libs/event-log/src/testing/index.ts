export { aStream, anEvent, someEvents } from './an-event.ts';
export { BatchRecorder } from './contract/batch-recorder.ts';
export { collect } from './contract/store-fixture.ts';
export type { EventLogHarness, OpenHarness } from './contract/store-fixture.ts';
export { eventLogContract } from './event-log.contract.ts';
export { InMemoryEventLog, InMemoryStore } from './in-memory-event-log.ts';
export { startNatsServer } from './nats-server.ts';
export type { NatsServer, NatsServerOptions } from './nats-server.ts';
