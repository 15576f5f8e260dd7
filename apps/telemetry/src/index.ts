export { TelemetryModule } from './telemetry.module.ts';
export type { TelemetryDependencies } from './telemetry.module.ts';
export { DEFAULT_TELEMETRY_CONFIG } from './telemetry.config.ts';
export type { TelemetryConfig } from './telemetry.config.ts';
