export type {
  CollectionSpec, DocumentChange, DocumentReader, Projection, Query, ReadDocument, ReadModel, Replacement, Unchanged,
} from './read-model.port.ts';
export { ProjectionBusy, ReadModelUnavailable, RebuildUnderWay, StreamNotParked, UnknownEvent } from './errors.ts';
export { openSqliteReadModel } from './sqlite/sqlite-read-model.ts';
export type { SqliteReadModelOptions } from './sqlite/sqlite-read-model.ts';
export { runProjections } from './projector/run-projections.ts';
export type { Projector, ProjectorOptions } from './projector/run-projections.ts';
export type { ProjectorLogger } from './projector/follower.ts';
export type { ProjectionLag } from './projector/lag.ts';
export { collectionsOf } from './projector/parked-stream.ts';
export type { DiscardedStream, ParkedStream } from './projector/parked-stream.ts';
export { discardParkedStream, discardedStreams, parkedStreams, retryParkedStream } from './projector/parking.ts';
export type { ParkingOptions, RetryOutcome } from './projector/parking.ts';
export { rebuildProjection } from './projector/rebuild-projection.ts';
export type { RebuildOptions, RebuildProgress } from './projector/rebuild-projection.ts';

// The documents, and the projections that write them.
export { BAYS, BAY_MODELS, EVERYBODY, OPERATIONS, PROJECTIONS, visibleTo } from './projections/documents.ts';
export type {
  BayDocument, BayModelDocument, NodeGroupDocument, OperationDocument, OperationState, OperationStepDocument,
} from './projections/documents.ts';
export { apiProjections } from './projections/api-projections.ts';
export { BAY_NAMES } from './projections/bay-names.projection.ts';
export type { BayNameDocument } from './projections/bay-names.projection.ts';
export { DEPRECATED_USES, DEPRECATED_USES_PROJECTION } from './projections/deprecated-uses.projection.ts';
export type { DeprecatedUseDocument } from './projections/deprecated-uses.projection.ts';
export { DRIVERS, DRIVERS_PROJECTION } from './projections/drivers.projection.ts';
export type { DriverDocument } from './projections/drivers.projection.ts';
export { QUOTAS, QUOTAS_PROJECTION, QUOTA_NUMBERS, numberKey } from './projections/quotas.projection.ts';
export type { QuotaDocument } from './projections/quotas.projection.ts';

// What bays used, for billing.
export { foldUsage } from './projections/usage/bay-usage.ts';
export type { BayUsage, UsageChange, UsageEvent, UsageInterval, UsageStep } from './projections/usage/bay-usage.ts';
export { USAGE_EVENT_TYPE, usageNotifications } from './projections/usage/usage-notification.ts';
export type { UsageNotification } from './projections/usage/usage-notification.ts';
export { shareOf } from './projections/usage/usage-period.ts';
export type { UsagePeriod, UsageShare } from './projections/usage/usage-period.ts';
export { USAGE, USAGE_PROJECTION, endingFrom } from './projections/usage/usage.projection.ts';
export type { UsageDocument } from './projections/usage/usage.projection.ts';
