export { DriverExecutorModule } from './driver-executor.module.ts';
export type { DriverExecutorDependencies } from './driver-executor.module.ts';
export { DEFAULT_EXECUTOR_CONFIG } from './executor.config.ts';
export type { ExecutorConfig } from './executor.config.ts';
export { BayCredentials } from './credentials/bay-credentials.ts';
export type { BayCredentialOptions, CredentialWork } from './credentials/bay-credentials.ts';
export type { CredentialLedger } from './credentials/credential-ledger.ts';
