export { apiFields, busFields, catalogFields, certificateFields, cloudFields, credentialFields, driverFields, executorFields, keystoneFields, schedulerFields, storageFields, telemetryFields } from './fields.ts';
export { dataLayout, openCloud, openEventLog, openReadModel } from './backbone.ts';
export type { CatalogConfig, DataLayout, KeystoneConfig } from './backbone.ts';
export { inCloud, openDriverCloud, requestersOf, serviceDrivers, serviceRequesters } from './driver-cloud.ts';
export type { CredentialConfig, CredentialParts, DriverCloud, DriverCloudOptions } from './driver-cloud.ts';
export { lockDataDir } from './data-dir-lock.ts';
export { serviceBus, serviceLog, serviceProjections, serviceReadModel } from './parts.ts';
export { runProcess } from './run-process.ts';
export type { ProcessDescription } from './run-process.ts';
