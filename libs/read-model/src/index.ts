export type {
  CollectionSpec, DocumentChange, DocumentReader, Projection, Query, ReadDocument, ReadModel, Replacement, Unchanged,
} from './read-model.port.ts';
export { ProjectionBusy, ReadModelUnavailable, RebuildUnderWay, StreamNotParked, UnknownEvent } from './errors.ts';
export { openSqliteReadModel } from './sqlite/sqlite-read-model.ts';
export type { SqliteReadModelOptions } from './sqlite/sqlite-read-model.ts';
