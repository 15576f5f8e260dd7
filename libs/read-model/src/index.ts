export type { CollectionSpec, DocumentChange, DocumentReader, Projection, Query, ReadDocument, ReadModel } from './read-model.port.ts';
export { BAYS, BAY_MODELS, EVERYBODY, OPERATIONS, PROJECTIONS, visibleTo } from './projections/documents.ts';
export type {
  BayDocument, BayModelDocument, HealthStatus, NodeGroupDocument, OperationDocument, OperationState, OperationStepDocument,
} from './projections/documents.ts';
