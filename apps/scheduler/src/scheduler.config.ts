/** Bounds of the scheduler; times in the unit their name ends with. */
export interface SchedulerConfig {
  /** Bays of a project that has no quota of its own. @default 20 */
  readonly defaultQuota: number;
  /** For operations whose bay names no time of its own. @default 60 */
  readonly operationTimeoutMinutes: number;
  /** An executor not heard of for so long has lost its steps. @default 10000 */
  readonly leaseTtlMs: number;
  /** Steps of one driver (name and version) that may be at work at once, those that wait for something outside not counted. @default 8 */
  readonly stepsPerDriver: number;
  /** Turns that a project has while others have one, each as `<project id>=<turns>`. @default one for each */
  readonly projectWeights: readonly string[];
  /**
   * True where every executor lives in this process: after a start no step of an earlier life can still be worked on,
   * so their leases end at once.
   * @default false
   */
  readonly executorsShareProcess: boolean;
  /** How often deadlines, retries and leases are looked at. @default 200 */
  readonly tickMs: number;
  /** A quota slot whose bay did not appear for so long is given back. @default 60000 */
  readonly reservationTtlMs: number;
  /** How often credentials are looked for that are to be rotated. @default 60000 */
  readonly rotationTickMs: number;
}

export const DEFAULT_SCHEDULER_CONFIG: SchedulerConfig = {
  defaultQuota: 20,
  operationTimeoutMinutes: 60,
  leaseTtlMs: 10_000,
  stepsPerDriver: 8,
  projectWeights: [],
  executorsShareProcess: false,
  tickMs: 200,
  reservationTtlMs: 60_000,
  rotationTickMs: 60_000,
};
