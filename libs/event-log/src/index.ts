export type { Appended, EventBatch, EventLog, Expected, ReadAllOptions, ReadFilter, ReadStreamOptions, SubscribeOptions, Subscription } from './event-log.port.ts';
export { LogUnavailable, RevisionConflict } from './errors.ts';
export { NO_HASH, hashEvent } from './stored-event.ts';
export type { HashedEvent } from './stored-event.ts';
export { Aggregates } from './aggregates.ts';
export type { AggregatesOptions, Executed, Loaded } from './aggregates.ts';
export { openSqliteEventLog } from './sqlite/sqlite-event-log.ts';
export type { SqliteEventLogOptions } from './sqlite/sqlite-event-log.ts';
