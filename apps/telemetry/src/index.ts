export { TelemetryModule } from './telemetry.module.ts';
export type { TelemetryDependencies } from './telemetry.module.ts';
export { DEFAULT_TELEMETRY_CONFIG, telemetryConfigOf } from './telemetry.config.ts';
export type { TelemetryConfig, TelemetrySettings } from './telemetry.config.ts';
