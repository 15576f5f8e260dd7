import type { Pacing } from '../session/cloud-client.ts';

/** Which stack; Heat wants both, so that a name used twice never hits the wrong one. */
export interface StackRef {
  readonly name: string;
  readonly id: string;
}

/** A template and what goes with it, as JSON: Heat takes both as objects, or as the YAML text they were written in. */
export interface StackSource {
  readonly template: unknown;
  /** Texts of nested templates and scripts, by the name under which templates and environments refer to them. */
  readonly files?: Readonly<Record<string, string>>;
  /** `resource_registry`, `parameter_defaults`, `event_sinks`. */
  readonly environment?: unknown;
}

/** Values wrapped in `Secret` go over the wire in clear and never into an error. */
export type StackParameters = Readonly<Record<string, unknown>>;

export interface NewStack extends StackSource {
  /** Letters, digits, `_`, `.` and `-`, a letter first, at most 255. */
  readonly name: string;
  /**
   * Tells our stacks from others': a stack of this name with this tag is one that an earlier try of ours made. No comma,
   * at most 80 characters.
   */
  readonly ownerTag: string;
  readonly parameters?: StackParameters;
  /** Heat gives up after that long. */
  readonly timeoutMinutes?: number;
  /**
   * Take everything away again when the create fails; for a moment it then shows as failed.
   * @default false, so that what failed can be seen
   */
  readonly rollback?: boolean;
}

/** What to change; everything not named here stays, the template included. */
export interface StackChange extends Partial<StackSource> {
  readonly parameters?: StackParameters;
  /** Names of parameters that go back to their defaults. */
  readonly clearParameters?: readonly string[];
  readonly timeoutMinutes?: number;
  /** Go back to what was before when the update fails; for a moment it then shows as failed. @default false */
  readonly rollback?: boolean;
}

export type StackAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'CHECK' | 'ROLLBACK' | 'SUSPEND' | 'RESUME' | 'ADOPT' | 'SNAPSHOT' | 'RESTORE';
export type StackProgress = 'in-progress' | 'complete' | 'failed';

export interface StackStatus {
  /** What Heat did last, or does. */
  readonly action: StackAction;
  readonly progress: StackProgress;
  /** In Heat's words. */
  readonly reason: string;
}

export interface Stack extends StackRef, StackStatus {
  readonly tags: readonly string[];
  /** As Heat has them: text, whatever their type; hidden ones are `******`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By name. Null while Heat cannot tell; `outputErrors` says why. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly outputErrors: Readonly<Record<string, string>>;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  /** Of the last update; null before the first one. */
  readonly updatedAt: string | null;
}

export interface StackResource extends StackStatus {
  readonly name: string;
  /** Names from the stack down, e.g. `['workers', '0', 'server']`. */
  readonly path: readonly string[];
  /** E.g. `OS::Nova::Server`. */
  readonly type: string;
  /** Id of the thing in its service, or of the nested stack; null before it is made. */
  readonly physicalId: string | null;
  readonly updatedAt: string;
}

export interface StackEvent extends StackStatus {
  readonly id: string;
  readonly at: string;
  readonly resourceName: string;
  readonly physicalId: string | null;
}

export interface EventPage {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: string;
}

/** The resource that brought a stack down, as far down as Heat tells. */
export interface StackFailure {
  /** Names from the stack down; empty when only the stack itself says something. */
  readonly path: readonly string[];
  readonly type: string;
  /** Service that the resource lives in (`compute`, `network`, …), where its type tells. */
  readonly service?: string;
  /** Status that the service answered, where the reason tells. */
  readonly httpStatus?: number;
  /** `quota`: passes once somebody makes room. `in-use`: something else depends on it. `timeout`: not in time. */
  readonly cause: 'quota' | 'in-use' | 'timeout' | 'not-authorized' | 'other';
  /** In Heat's words. */
  readonly reason: string;
}

export interface TemplateSummary {
  readonly description: string;
  /** Names, types and defaults as Heat understood them. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PreviewedResource {
  readonly name: string;
  readonly type: string;
}

/**
 * Stacks of the project that the session is in. Nothing here waits for a stack: callers look again with `find`.
 *
 * Every call tries again a bounded number of times after 429 and 503, and after lost answers where doing it twice is
 * doing it once. While Heat is busy with the stack (409), `update`, `check` and `delete` try as often.
 *
 * @throws {CloudServiceUnavailable} by every call, after all tries. @throws {CloudCredentialsRefused}
 * @throws {CloudRequestInvalid} Heat finds fault with template, parameters or name; trying again is no use.
 * @throws {CloudForbidden} also when the project has as many stacks as it may.
 * @throws {CloudConflict} Heat was busy with the stack in all tries.
 */
export interface HeatStacks {
  /**
   * Begins to make a stack, or finds the one that an earlier try began; its template and parameters are not compared.
   * @throws {StackNameTaken}
   */
  create(stack: NewStack, signal?: AbortSignal): Promise<StackRef & { readonly adopted: boolean }>;
  /** By name, id or both; undefined when there is none, and when it is deleted. */
  find(ident: string | StackRef): Promise<Stack | undefined>;
  /** Those with this tag, oldest first. Without parameters and outputs. */
  listByTag(ownerTag: string): Promise<readonly StackRef[]>;
  /** Ids of all stacks that Heat is at work on, whoever owns them: many stacks are waited for with this. */
  inProgress(): Promise<ReadonlySet<string>>;
  /** Begins an update. @throws {CloudThingNotFound} */
  update(ref: StackRef, change: StackChange, signal?: AbortSignal): Promise<void>;
  /** Lets Heat compare its resources with what there is; ends in CHECK complete or failed. @throws {CloudThingNotFound} */
  check(ref: StackRef, signal?: AbortSignal): Promise<void>;
  /** Begins to delete, also what failed or is under way. Nothing there is success. */
  delete(ref: StackRef, signal?: AbortSignal): Promise<void>;
  /**
   * @param options.after `next` of the page before.
   * @param options.limit events on a page. @default 100
   * @throws {CloudThingNotFound}
   */
  events(ref: StackRef, options?: { readonly after?: string; readonly limit?: number }): Promise<EventPage>;
  /**
   * @param options.nestedDepth levels of nested stacks to look into. @default 0
   * @throws {CloudThingNotFound}
   */
  resources(ref: StackRef, options?: { readonly nestedDepth?: number }): Promise<readonly StackResource[]>;
  /** Why a stack failed; undefined when it did not, or is gone. */
  failure(ref: StackRef): Promise<StackFailure | undefined>;
  /** The template as it was sent, files not put in. @throws {CloudThingNotFound} */
  template(ref: StackRef): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Checks everything that `create` would check, and makes nothing.
   * @returns resources that there would be; of nested stacks Heat shows what is in them in place of what holds them.
   * @throws {CloudConflict} there is a stack of the name.
   */
  preview(stack: NewStack): Promise<readonly PreviewedResource[]>;
  /** Checks a template as far as that goes without values: types, names of properties, references. Makes nothing. */
  validate(source: StackSource, parameters?: StackParameters): Promise<TemplateSummary>;
}

export interface HeatStacksOptions extends Pacing {
  /** Heat answers after it has checked a template, which can take long. @default 60000 */
  readonly timeoutMs?: number;
}
