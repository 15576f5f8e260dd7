import type { BaySpec } from '@jeroboam/domain';
import type { CloudSession, HeatStacks } from '@jeroboam/openstack';

/**
 * The way into the cloud in which bays are made. The executor opens it from its configuration and keeps it; as whom a bay's
 * things are made is its business, and may be another one for each bay.
 */
export interface CloudAccess {
  /** For everything of this bay that is no stack. Shared: not to be closed. */
  session(bay: BaySpec): CloudSession;
  stacks(bay: BaySpec): HeatStacks;
  /** Keystone, with `/v3`, as nodes reach it. */
  readonly authUrl: string;
  /** Our API, with `/v1`, as nodes reach it. */
  readonly apiUrl: string;
  /** Its servers are records: nothing runs on them, and nobody answers at their addresses. */
  readonly simulated: boolean;
}
