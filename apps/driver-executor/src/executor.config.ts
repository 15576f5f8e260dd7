/** Bounds of an executor; times in the unit their name ends with. */
export interface ExecutorConfig {
  /** Steps worked on at once. @default 4 */
  readonly concurrency: number;
  /** Steps that may wait for something outside at once; they take no hand. Beyond that they are given back and come again. @default 2000 */
  readonly mostResting: number;
  /** Where drivers keep what must survive restarts: one folder a driver. */
  readonly dataDir: string;
  /** How long a request for work waits at the scheduler. @default 10000 */
  readonly claimWaitMs: number;
  /** How often leases are kept alive; well below the scheduler's `leaseTtlMs`. @default 1000 */
  readonly heartbeatMs: number;
  /** A step that goes on for so long after it was told to stop loses its lease: the next one has a higher fencing token. @default 30000 */
  readonly revokedGraceMs: number;
  /** How long to wait before asking again when the scheduler cannot be reached. @default 500 */
  readonly retryMs: number;
  /** Bound of one message to another service. @default 15000 */
  readonly messageTimeoutMs: number;
}

export const DEFAULT_EXECUTOR_CONFIG: Omit<ExecutorConfig, 'dataDir'> = {
  concurrency: 4,
  mostResting: 2_000,
  claimWaitMs: 10_000,
  heartbeatMs: 1_000,
  revokedGraceMs: 30_000,
  retryMs: 500,
  messageTimeoutMs: 15_000,
};
