export { SandboxCloudModule } from './sandbox-cloud.module.ts';
export type { SandboxCloudModuleOptions } from './sandbox-cloud.module.ts';
export { startSandboxCloud } from './sandbox-cloud.ts';
export type { SandboxCloud, SandboxCloudOptions, SandboxService } from './sandbox-cloud.ts';
export { DEFAULT_CLOUD_FILE, readCloudFile } from './cloud/cloud-file.ts';
export type { CloudFile } from './cloud/cloud-file.ts';
export { Cloud } from './cloud/cloud.ts';
export type { Clock as SandboxClock } from './inventory/clock.ts';
export { SandboxAddress } from './http/sandbox-address.ts';
