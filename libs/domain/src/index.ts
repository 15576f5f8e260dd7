export { DomainError, isDomainError } from './kernel/error.ts';
export type { ErrorDetails, ErrorKind, ErrorShape } from './kernel/error.ts';
export { SYSTEM_ACTOR, categoryOf } from './kernel/event.ts';
export type { Actor, DomainEvent, EventContext, NewEvent, Position, RecordedEvent } from './kernel/event.ts';
export { fold, unreachable } from './kernel/decider.ts';
export type { Command, CommandMetadata, Decider } from './kernel/decider.ts';
export { derivedId } from './kernel/id.ts';
export type { BaySpec, BayStatus, BayView, DriverReference, NodeGroupView, NodeRole, NodeView, ResourceView } from './bay/bay.view.ts';
export type { OperationKind, OperationView } from './operation/operation.view.ts';
