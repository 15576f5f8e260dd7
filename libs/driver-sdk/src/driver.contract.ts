import type { BayView, CredentialPurpose, ExtensionCall, MachineView, NodeView, OperationView } from '@jeroboam/domain';
import type { CloudAccess } from './cloud-access.ts';
import type { DriverExtension } from './extension/driver-extension.ts';
import type { DriverPlugin, LabelsSchema } from './plugin/driver-plugin.ts';
import type { TemplateBundle } from './template/template-bundle.ts';

/** One triple a driver can make bays for, in Magnum's words. */
export interface BayType {
  readonly serverType: 'vm' | 'bm';
  /** `os_distro` of the image. */
  readonly os: string;
  readonly coe: string;
}

/** What a driver can do, as data. What is not listed is refused before anything is changed. */
export interface DriverCapabilities {
  /** Beyond create and delete. `upgrade-template` is an `upgrade` to a newer template of the driver alone, model and image staying. */
  readonly operations: readonly ('resize' | 'node-groups' | 'upgrade' | 'upgrade-template' | 'rotate-ca' | 'rotate-credential' | 'health')[];
  readonly networkDrivers: readonly string[];
  readonly volumeDrivers: readonly string[];
  readonly storageDrivers: readonly string[];
  /** More about some of those: the labels they read, the credentials they need. @default nothing to say */
  readonly plugins?: readonly DriverPlugin[];
  /** Of the labels that the driver itself reads; what does not fit is refused before anything is changed. @default any */
  readonly labelsSchema?: LabelsSchema;
  readonly runtimeClasses: readonly string[];
  /** Numbers of masters it can make. */
  readonly masterCounts: readonly number[];
  /** Nodes in one bay, masters included. */
  readonly maxNodes: number;
  /** Things users might expect and do not get, in sentences; shown by `GET /v1/drivers`. */
  readonly limitations: readonly string[];
}

/** How a driver goes. Days are of UTC, e.g. `2026-11-23`. */
export interface DriverDeprecation {
  /** From this day on nothing new should use it. */
  readonly since: string;
  /** From this day on it makes no new bays; those it made go on. Three months after `since` at the least. */
  readonly sunset: string;
  /** What to use instead, as users know it. */
  readonly replacement?: string;
  /** Page that says how to move. */
  readonly doc?: string;
}

/** The data half of a driver; everything but `create` can be shown to anyone. */
export interface DriverManifest {
  readonly name: string;
  /** Semver, the driver's own. */
  readonly version: string;
  /** The rules it was written against. */
  readonly contract: 'bay-driver/v1';
  readonly description: string;
  readonly state: 'active' | 'beta' | 'deprecated' | 'retired';
  /** Only of one that is deprecated or retired: who uses it is told so in every answer. */
  readonly deprecation?: DriverDeprecation;
  readonly provides: readonly BayType[];
  /** Of a driver with `bundles` theirs: `...templatesOf(…)` gives both. */
  readonly templateVersions: readonly string[];
  /** The infrastructure templates it has, oldest first. What was published once never changes. @default none */
  readonly bundles?: readonly TemplateBundle[];
  readonly capabilities: DriverCapabilities;
  /** What its bays act in the cloud for: each gets a credential of its own for each of these, where there are any. @default none */
  readonly needsCredentials?: readonly Exclude<CredentialPurpose, 'principal'>[];
  /** What this driver alone can do with its bays, as commands below `/v1/clusters/{ident}/ext/{alias}/`. @default none */
  readonly extension?: DriverExtension;
  readonly create: (deps: DriverDependencies) => BayDriver;
}

export interface DriverDependencies {
  /** A directory of the driver's own on the executor's host; it survives restarts. */
  readonly dataDir: string;
  readonly log: DriverLog;
  /** Absent where none is configured. */
  readonly cloud?: CloudAccess;
}

/** A constant message, then what varies as fields; never a secret. */
export interface DriverLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Missing {
  /** What is missing, e.g. `dockerd`. */
  readonly what: string;
  /** Why it is needed, as a sentence for people. */
  readonly reason: string;
  /** Debian package that brings it, where one does. */
  readonly package?: string;
}

export type Availability = { readonly available: true } | { readonly available: false; readonly missing: readonly Missing[] };

/** One step of an operation: small enough to be repeated, named for people. Plain JSON: it is kept in the log. */
export interface PlannedStep {
  /** Unique in its plan; shown in `GET /v1/operations/{id}` and in failure reasons. */
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** An outside resource. `resourceId` is chosen by the driver, unique in the bay and the same on every attempt. */
export interface LedgerEntry {
  readonly resourceId: string;
  /** E.g. `bridge`, `namespace`, `process`, `directory`. */
  readonly type: string;
  /** The name by which it can be found outside; contains the bay's id or short id. */
  readonly name: string;
}

/**
 * The record of what exists outside because of a bay. Each call returns only when the entry is durable in the log.
 * Order of use: `intend`, make it, `record`; later: destroy it, `release`. So a crash in between leaves a name to look for.
 */
export interface ResourceLedger {
  intend(resources: readonly LedgerEntry[]): Promise<void>;
  record(resources: readonly (LedgerEntry & { readonly externalId?: string })[]): Promise<void>;
  release(resourceIds: readonly string[]): Promise<void>;
}

export interface CertificateRequest {
  /** PEM PKCS#10: the private key stays with whoever made it. */
  readonly csrPem: string;
  readonly usages: readonly ('server' | 'client')[];
  /** IP addresses and DNS names the certificate is valid for. */
  readonly subjectAltNames: readonly { readonly type: 'ip' | 'dns'; readonly value: string }[];
  /** `candidate`: the authority a rotation is bringing in; only while one is under way. @default established */
  readonly issuer?: 'established' | 'candidate';
}

/** The bay's own certificate authority, as far as a driver needs it. */
export interface BayCertificates {
  /** PEM of the CA certificate; made on first use. During a rotation the old one. */
  ca(): Promise<string>;
  /** Signs a node or client certificate; answers its PEM. */
  sign(request: CertificateRequest): Promise<string>;
}

/** What a step needs of the authority: nodes also have to trust the one that a rotation is bringing in. */
export interface StepCertificates extends BayCertificates {
  /** PEMs of all CA certificates that nodes are to trust now: the bay's own, then, during a rotation, its candidate's. */
  trusted(): Promise<readonly string[]>;
  /**
   * Lets the nodes of one stack ask the API for their certificates themselves. A secret: only for what a cloud hides, and a
   * node is told nothing but its own share, the hex SHA-256 of `<role>:<name>:<token>` (`infra/docs/contracts/driver.md`).
   * Every change that makes nodes takes a fresh one.
   */
  bootstrapToken(nodes: NodesToCome): Promise<string>;
  /** The nodes of this stack are there: no token of it lets anybody in any more. */
  nodesAreIn(stack: string): Promise<void>;
}

/** Whom a bootstrap token is for. */
export interface NodesToCome {
  /** Name of the stack that makes them. */
  readonly stack: string;
  /** How many of each role there can be. */
  readonly masters: number;
  readonly workers: number;
}

export interface StepContext {
  readonly bay: BayView;
  readonly operation: OperationView;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Rises with every dispatch of any step of this bay: refuse to act when a higher one has been seen. */
  readonly fencingToken: number;
  /** Aborted when the step's result is no longer wanted or its time is up; stop at the next safe point. */
  readonly signal: AbortSignal;
  /**
   * Waits for something outside while other bays' steps are done: the executor's hand is free meanwhile, the lease stays.
   * Absent where no hand is to be had for it.
   *
   * @param wait looks now and then and costs next to nothing; ends once `signal` is aborted.
   * @returns what `wait` resolved to; undefined, without `wait` having been called, where too many steps rest already: fail
   * as retryable then, and the scheduler comes again.
   */
  readonly rest?: <T>(wait: () => Promise<T>) => Promise<T | undefined>;
  readonly ledger: ResourceLedger;
  readonly certificates: StepCertificates;
  readonly log: DriverLog;
}

/** What a step found to be so when it ended. Plain JSON. */
export interface StepResult {
  /** Nodes that are now in the bay, seen by the COE itself; naming one again changes nothing. */
  readonly nodesJoined?: readonly NodeView[];
  /** Names of nodes that are no longer there. */
  readonly nodesRemoved?: readonly string[];
  /**
   * The infrastructure's own record of the bay's machines, where it keeps one: every machine that was there since
   * `machinesSince` of the bay. They are billed by it.
   */
  readonly machines?: readonly MachineView[];
  readonly outputs?: {
    readonly stackId?: string;
    readonly apiAddress?: string;
    readonly coeVersion?: string;
    readonly containerVersion?: string;
    readonly discoveryUrl?: string;
  };
}

/**
 * A step did not succeed. `retryable: false` ends the operation with this message as its reason; anything else that
 * a step throws counts as retryable.
 */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly retryable: boolean;
  /** Names or ids of what stands in the way, where that is known. */
  readonly blockedBy: readonly string[];
  /** As in a `StepResult`: what failed may have made some, and they are billed. */
  readonly machines: readonly MachineView[];
  constructor(message: string, options: { retryable: boolean; blockedBy?: readonly string[]; machines?: readonly MachineView[]; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.blockedBy = options.blockedBy ?? [];
    this.machines = options.machines ?? [];
  }
}

export interface BayHealth {
  readonly status: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  /** As Magnum's `health_status_reason`: strings by name. */
  readonly reason: Readonly<Record<string, string>>;
  /** Nodes its COE lists, by node group name, ready or not; absent where the COE could not be asked. */
  readonly observedNodes?: Readonly<Record<string, number>>;
}

/** What a client shows a bay's API, all PEM. The key was made in memory and is nowhere else. */
export interface ClientIdentity {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface HealthContext {
  readonly certificates: BayCertificates & {
    /** `CN=admin, O=system:masters`, as Magnum's own client: signed once and then the same until it is about to expire. */
    client(): Promise<ClientIdentity>;
  };
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a driver may use while it shows something of a bay. */
export interface ExtensionContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly log: DriverLog;
}

/** A bay's API that cannot be reached from here, in Magnum's words. */
export function notAccessible(bayName: string): BayHealth {
  return { status: 'UNKNOWN', reason: { api: `The cluster ${bayName} is not accessible.` } };
}

/** The code half of a driver. The rules are in `infra/docs/contracts/driver.md`; `driverContract` tests them. */
export interface BayDriver {
  /** Whether it can work on this host, looked at afresh on every call. */
  availability(): Promise<Availability>;
  /** The steps of an operation, in order. Pure: the same bay and operation give the same plan. */
  plan(operation: OperationView, bay: BayView): readonly PlannedStep[];
  /**
   * The outside resources a bay has after an operation, by name, as the driver's template describes them: what versions
   * are compared by (`jeroboam driver diff`). Pure, as `plan` is: nothing outside is asked. A driver without a template leaves it out.
   */
  render?(operation: OperationView, bay: BayView): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /**
   * Does one step. May be cut off at any point and run again, on another process: it looks at what exists before it
   * acts, and having been done before is success.
   * @throws {StepFailed}
   */
  run(step: PlannedStep, context: StepContext): Promise<StepResult>;
  /**
   * Shows what a `GET` command of the extension asks for; plain JSON, no secret. It looks at its bay and changes nothing:
   * whatever has an effect is a `POST` command, an operation of the kind `extension` that is planned and run.
   * What it throws is told to who asked, and to nobody else.
   */
  extension?(call: ExtensionCall, bay: BayView, context: ExtensionContext): Promise<Readonly<Record<string, unknown>>>;
  /** Called again and again, so it has nothing signed: `certificates.client()` is for it. What it throws counts as not having looked. */
  health(bay: BayView, context: HealthContext): Promise<BayHealth>;
}
