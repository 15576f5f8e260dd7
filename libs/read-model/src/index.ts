export type { CollectionSpec, DocumentChange, DocumentReader, Projection, Query, ReadDocument, ReadModel } from './read-model.port.ts';
