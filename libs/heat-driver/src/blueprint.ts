import type { BayView, BaySpec, ExtensionCall, NodeGroupView } from '@jeroboam/domain';
import type { ClientIdentity, ExtensionContext, TemplateBundle } from '@jeroboam/driver-sdk';
import type { StackFailure } from '@jeroboam/openstack';
import type { MeteredServer } from './metered-servers.ts';
import type { FoundStack, StackService } from './stack/stack-service.port.ts';

/** What nodes have to know of the world. */
export interface Site {
  /** Keystone, with `/v3`. */
  readonly authUrl: string;
  /** Our API as nodes reach it, with `/v1`: they fetch their certificates there. */
  readonly apiUrl: string;
  /** Lets the nodes of the stack ask for their certificates. A secret: only for a parameter that is hidden. */
  readonly bootstrapToken: string;
  /** Looks a network up by its id or name, or by those of one of its subnets; undefined: there is none. */
  network(ident: string, by?: 'subnet'): Promise<Network | undefined>;
}

export interface Network {
  readonly id: string;
  /** False: its ports can have no security groups. */
  readonly portSecurity: boolean;
  /** Undefined where the cloud does not tell: most tell administrators only. */
  readonly physicalNetwork?: string;
}

/** The cloud that a Heat driver works in. */
export interface HeatCloud {
  /** Stacks where this bay is to live. Cheap: asked for in every step. */
  stacks(bay: BaySpec): StackService;
  /** Project in which they are: those of one are waited for together. Absent: all are in one. */
  project?(bay: BaySpec): Promise<string>;
  readonly authUrl: string;
  readonly apiUrl: string;
  /** Servers are records and nothing runs on them: the stack alone says how a bay is. */
  readonly simulated: boolean;
  network(bay: BaySpec, ident: string, by?: 'subnet'): Promise<Network | undefined>;
  /**
   * Every server of the project that was there since then, as the cloud accounts for it; undefined, or absent: it does not tell.
   * @throws {StepFailed} retryable: it does not tell now.
   */
  servers?(bay: BaySpec, since: string): Promise<readonly MeteredServer[] | undefined>;
}

/** What a bay's own API tells of it. */
export interface Probe {
  /** As Magnum's `health_status_reason`, e.g. `api` and `<node>.Ready`. */
  readonly reason: Readonly<Record<string, string>>;
  readonly healthy: boolean;
  /** Names of the nodes that it lists, as their servers are called. */
  readonly nodes: readonly string[];
}

/** By name of parameter. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What is of one driver and not of all Heat drivers. Its templates keep these rules:
 *
 * - `bay.yaml` makes the network, the masters and the default workers, `node-group.yaml` one further node group.
 * - Both take `change` (a text that changes nothing) and `number_of_workers`, `workers_to_remove`; the first also
 *   `number_of_masters`. `workers_to_remove` is the `resource_list` of the group's `removal_policies`.
 * - Servers are called `<stack>-master-<number>` and `<stack>-worker-<number>`.
 * - Outputs of both: `worker_addresses` and `worker_servers`, of the first also `master_addresses` and `master_servers`,
 *   each a map from the number of a node to its value; and of the first `api_address` (a URL), `coe_version`,
 *   `container_version`.
 * - `bootstrap_token`, hidden, in both if nodes ask for certificates: it is given anew with every change that makes nodes, and
 *   user data holds only the node's share of it.
 * - What `node-group.yaml` has to know of the bay's own stack it declares as a parameter with the name of one of its outputs.
 */
export interface HeatBlueprint {
  /** Name of the driver, for messages. */
  readonly name: string;
  readonly bundles: readonly TemplateBundle[];
  /** Values by name of parameter; what a template does not declare is left out, as are null and undefined. */
  parametersOf(bay: BayView, workers: NodeGroupView, site: Site): Values | Promise<Values>;
  /**
   * Parameters with which a stack that failed like this may succeed, beyond trying the same again; none: it cannot help. Each
   * answer has to be another one, so that an end comes: tries that it mends are not counted.
   */
  remedy?(failure: Pick<StackFailure, 'path' | 'reason'>, parameters: FoundStack['parameters']): Values;
  /** Asks the bay's API. Absent: only the stacks say how a bay is. @throws when nobody answers. */
  probe?(bay: BayView, client: ClientIdentity, signal: AbortSignal): Promise<Probe>;
  /**
   * Names of the servers on which users' work runs: they leave only where they are named. Absent, or when it throws: nobody
   * knows, and the newest leave.
   */
  busyServers?(bay: BayView, signal: AbortSignal): Promise<readonly string[]>;
  /** Shows what a `GET` command of the driver's extension asks for. @throws what is told to who asked. */
  show?(call: ExtensionCall, bay: BayView, context: ExtensionContext): Promise<Values>;
}
