export { apiFields, busFields, driverFields, executorFields, keystoneFields, logFields, schedulerFields, storageFields } from './fields.ts';
export { dataLayout, openCloud, openEventLog, openReadModel } from './backbone.ts';
export type { DataLayout, KeystoneConfig } from './backbone.ts';
export { lockDataDir } from './data-dir-lock.ts';
export { Closers, runProcess } from './run-process.ts';
export type { ProcessDescription, RunningProcess } from './run-process.ts';
export { openService, runMicroservice } from './service-app.ts';
export type { Service, ServiceConfig } from './service-app.ts';
