/** Bounds of telemetry; times in the unit their name ends with. */
export interface TelemetryConfig {
  /** Where drivers keep what they know: the executor's, as a driver may look there for its bays. */
  readonly dataDir: string;
  /** Looks at bays in any second, however many bays there are. @default 20 */
  readonly callsPerSecond: number;
  /**
   * Looks under way at once. With calls per second times call timeout, bays that do not answer hold nobody up. @default 200
   */
  readonly concurrency: number;
  /** How long a driver may take for one look. @default 10000 */
  readonly callTimeoutMs: number;
  /** From one look to the next after something has changed; from there on it doubles. @default 10000 */
  readonly fastIntervalMs: number;
  /** The longest for a bay that is not healthy. @default 60000 */
  readonly unwellIntervalMs: number;
  /** The longest for a bay that is; longer where there are more bays than calls allow. @default 300000 */
  readonly slowIntervalMs: number;
  /** Bound of one message to another service. @default 15000 */
  readonly messageTimeoutMs: number;
  /** How long to wait before following the log again when it cannot be read. @default 1000 */
  readonly retryMs: number;
}

export const DEFAULT_TELEMETRY_CONFIG: Omit<TelemetryConfig, 'dataDir'> = {
  callsPerSecond: 20,
  concurrency: 200,
  callTimeoutMs: 10_000,
  fastIntervalMs: 10_000,
  unwellIntervalMs: 60_000,
  slowIntervalMs: 300_000,
  messageTimeoutMs: 15_000,
  retryMs: 1_000,
};

/** What operators are asked for, in the units they are asked in. */
export interface TelemetrySettings {
  readonly telemetryCallsPerSecond: number;
  readonly telemetryCallTimeoutMs: number;
  readonly telemetryFastIntervalSeconds: number;
  readonly telemetrySlowIntervalSeconds: number;
}

export function telemetryConfigOf(settings: TelemetrySettings): Omit<TelemetryConfig, 'dataDir'> {
  const { telemetryCallsPerSecond: callsPerSecond, telemetryCallTimeoutMs: callTimeoutMs } = settings;
  const fastIntervalMs = settings.telemetryFastIntervalSeconds * 1_000;
  const slowIntervalMs = Math.max(fastIntervalMs, settings.telemetrySlowIntervalSeconds * 1_000);
  return {
    ...DEFAULT_TELEMETRY_CONFIG,
    callsPerSecond, callTimeoutMs, fastIntervalMs, slowIntervalMs,
    unwellIntervalMs: Math.min(Math.max(fastIntervalMs, DEFAULT_TELEMETRY_CONFIG.unwellIntervalMs), slowIntervalMs),
    // Enough for every call of one time limit, so that bays that do not answer hold nobody up.
    concurrency: Math.max(1, Math.ceil((callsPerSecond * callTimeoutMs) / 1_000)),
  };
}
