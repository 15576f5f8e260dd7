import type { DriverRegistry } from '@jeroboam/driver-sdk';
import type { EventLog } from '@jeroboam/event-log';
import type { MessageClient } from '@jeroboam/messaging';
import type { CloudLookupsSource, KeystoneTokenValidator } from '@jeroboam/openstack';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import type { ReadModel } from '@jeroboam/read-model';
import type { DeprecationRegistry } from './deprecation/deprecation-registry.ts';
import type { Deprecation } from './deprecation/deprecations.ts';
import type { DriverRecords } from './drivers/driver-records.ts';

export interface ApiConfig {
  /** Scheme, host and path prefix under which clients reach the API, for links. @default the host a request names */
  readonly publicUrl?: string;
  /** Where a client without a token is told to get one, and a node that has a credential. @default empty */
  readonly wwwAuthenticateUri: string;
  /** Region of the cloud in which bays are, for nodes that act there. @default whatever comes first in its catalog */
  readonly cloudRegion?: string | undefined;
  /** Items on a page at most, and on one that was asked for without a limit. */
  readonly maxLimit: number;
  /** How long a change may take to become readable before its client is told to come back. */
  readonly readAfterWriteTimeoutMs: number;
  /** How long a service may take to answer a command. */
  readonly commandTimeoutMs: number;
  /** Bays of a project that has no quota of its own, as shown; the scheduler is told the same number. @default 20 */
  readonly defaultQuota: number;
  /** Names of the drivers for what several could do; the first that makes such bays counts. @default none */
  readonly defaultDriver?: string | readonly string[];
  /** While a file of this name exists, `/healthcheck` answers 503: how an operator takes a replica out. @default none */
  readonly healthcheckDisableFile?: string;
  /** Network drivers that users may choose, as `coe=driver`; of a COE that is not named all that its drivers have. @default all */
  readonly allowedNetworkDrivers?: readonly string[];
  /** The same for volume drivers. @default all */
  readonly allowedVolumeDrivers?: readonly string[];
  /** Rules in place of single default ones: `infra/docs/policy.md`. @default none */
  readonly policyFile?: string;
}

export const DEFAULT_API_CONFIG: ApiConfig = {
  wwwAuthenticateUri: '', maxLimit: 1_000, readAfterWriteTimeoutMs: 2_000, commandTimeoutMs: 10_000, defaultQuota: 20,
};

/** How an executor is let make credentials in the name of who asks for an operation: by a token in the secret store, never by a message. */
export interface Requesters {
  hand(bayId: string, operationId: string, token: string): Promise<void>;
  takeBack(bayId: string, operationId: string): Promise<void>;
}

/** What the service uses of the world outside it. */
export interface ApiDependencies {
  readonly messages: MessageClient;
  readonly readModel: ReadModel;
  /** For the history of bays, which is read only, and for the counts of deprecated use, which the API alone writes. */
  readonly log: EventLog;
  /** `none`: no authentication, everybody on this host is the user `demo`. */
  readonly keystone: KeystoneTokenValidator | 'none';
  readonly lookups: CloudLookupsSource;
  readonly drivers: DriverRegistry;
  /** Keeps tokens of requesters until what their bays need is made with them. @default bays get nothing of their requesters */
  readonly requesters?: Requesters | null;
  readonly clock: Clock;
  /** @default those of the process */
  readonly timers?: Timers;
  readonly logger: Logger;
  readonly config?: Partial<ApiConfig>;
  /** Variables that are set, to tell an operator of deprecated ones. @default those of the process */
  readonly settings?: readonly string[];
  /** What will go away, besides what drivers say of themselves. @default what we ship */
  readonly deprecated?: readonly Deprecation[];
}

/** Token of the dependencies, with the configuration complete. */
export const API = Symbol('api');
export type Api = ApiDependencies & { readonly config: ApiConfig; readonly deprecations: DeprecationRegistry; readonly driverRecords: DriverRecords };
