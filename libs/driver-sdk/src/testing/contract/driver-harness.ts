import type { BaySpec, BayView } from '@jeroboam/domain';
import type { BayDriver, ClientIdentity, DriverManifest } from '../../driver.contract.ts';

/** Something that exists outside, found without asking the driver's own records. */
export interface FoundResource {
  readonly type: string;
  readonly name: string;
}

export interface OpenedDriver {
  readonly driver: BayDriver;
  /** The driver made anew over the same data directory, as after a restart of its process. */
  reopen(): BayDriver;
  /** What exists outside because of this bay, with the types and names the ledger should have. */
  inventory(bayId: string): Promise<readonly FoundResource[]>;
  /**
   * What would differ if anything had been made anew, as plain JSON: process ids, ids given by a cloud, counts of effects.
   * Equal before and after a step that is run again.
   */
  identities(bayId: string): Promise<unknown>;
  /** Names of the bay's working nodes, as its COE lists them. */
  nodes(bay: BayView): Promise<readonly string[]>;
  /**
   * Whether every node of the bay that serves its API lets this client in, and the client takes it for the bay's. Left out
   * where nothing real answers.
   */
  admits?(bay: BayView, client: ClientIdentity): Promise<boolean>;
  /** Removes what the driver needs on the host. */
  close(): Promise<void>;
}

export interface DriverHarness {
  readonly manifest: DriverManifest;
  /** A driver with an empty data directory. */
  readonly open: () => Promise<OpenedDriver>;
  /** What bays of this driver need in their spec. */
  readonly spec?: Partial<BaySpec>;
  /** How many places of a bay's life are cut, in each way of cutting; `all`: every one. @default 'all' */
  readonly cuts?: number | 'all';
  /** Milliseconds one test may take. @default 30_000 */
  readonly timeoutMs?: number;
}
