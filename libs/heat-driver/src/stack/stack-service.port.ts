import type { StackFailure, StackRef } from '@jeroboam/openstack';

export interface NewStack {
  readonly name: string;
  /** A stack of this name with this tag is one that an earlier try of ours made: it is taken over. */
  readonly ownerTag: string;
  readonly template: unknown;
  /** Texts of nested templates and of user data, by the names that templates use. */
  readonly files: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Heat gives up after that long. */
  readonly timeoutMinutes?: number;
}

export type StackUpdate = Pick<NewStack, 'parameters'> & Partial<Pick<NewStack, 'template' | 'files'>>;

export interface FoundStack extends StackRef {
  /** What Heat did last, or does: `CREATE`, `UPDATE`, `DELETE`, … */
  readonly action: string;
  readonly progress: 'in-progress' | 'complete' | 'failed';
  /** In Heat's words. */
  readonly reason: string;
  /** As Heat has them: text, whatever their type. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Null while Heat cannot tell. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly updatedAt?: string | null;
}

/**
 * What a driver needs of Heat; `HeatStacks` of @jeroboam/openstack fulfils it. Nothing waits for a stack: callers look
 * again. Every call is tried again a bounded number of times where that is harmless; what it throws then is a `DomainError`.
 */
export interface StackService {
  /** Begins to make a stack, or finds the one that an earlier try began. */
  create(stack: NewStack, signal?: AbortSignal): Promise<StackRef>;
  /** By name, or by name and id, which costs Heat one request less. Undefined when there is none, and when it is deleted. */
  find(ident: string | StackRef): Promise<FoundStack | undefined>;
  /** Ids of all stacks that are in progress, whosever they are. Absent: each is looked at by itself. */
  inProgress?(): Promise<ReadonlySet<string>>;
  /** Those with this tag, oldest first. */
  listByTag(ownerTag: string): Promise<readonly StackRef[]>;
  /** Begins an update of these parameters, and of the template where one is given; everything else stays. */
  update(ref: StackRef, change: StackUpdate, signal?: AbortSignal): Promise<void>;
  /** Begins to delete, also what failed or is under way. Nothing there is success. */
  delete(ref: StackRef, signal?: AbortSignal): Promise<void>;
  /** Its resources and those of stacks nested in it, and when something last happened to each (ISO 8601). */
  resources(ref: StackRef, depth: { readonly nestedDepth: number }): Promise<readonly { readonly updatedAt: string }[]>;
  /** Why a stack failed; undefined when it did not, or is gone. */
  failure(ref: StackRef): Promise<StackFailure | undefined>;
}
