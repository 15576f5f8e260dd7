import type { Json, JsonMap } from '../hot/json.ts';
import type { PropertySchemas } from '../hot/properties.ts';
import type { ResourceDefinition } from '../hot/template.ts';
import type { ResourceRecord, StackDefinition, StackRecord } from './records.ts';

/** What can be seen of the stack inside of a resource. */
export interface NestedView {
  /** The stack that the resource has made, while it lives. */
  of(record: ResourceRecord): StackRecord | undefined;
  reference(stack: StackRecord, resource: string): Json;
  attribute(stack: StackRecord, resource: string, attribute: string | null, path: readonly Json[]): Json;
  outputs(stack: StackRecord): JsonMap;
  /** Names of its resources. */
  names(stack: StackRecord): string[];
}

/** What a type may do with the stack inside of its resource. */
export interface NestedStacks extends NestedView {
  /** Makes it, or changes it, to be that; ends when that is done. @throws {ResourceFailure} */
  converge(definition: StackDefinition): Promise<void>;
  /** Deletes it, if there is one. @throws {ResourceFailure} */
  delete(): Promise<void>;
}

/** One resource, and what its type needs to work on it. */
export interface ResourceContext {
  readonly record: ResourceRecord;
  readonly stack: StackRecord;
  /** Evaluated, typed and with defaults. */
  readonly properties: JsonMap;
  readonly updatePolicy: JsonMap;
  /** Aborted when the work is to stop where it is: it will be started anew, or something else be done instead. */
  readonly signal: AbortSignal;
  readonly nested: NestedStacks;
  /** The name for what it makes: `stack-resource-suffix`. */
  readonly physicalName: string;
  /** Keeps what was changed in the record. */
  readonly save: () => void;
  /** Another resource of the same stack, by what `get_resource` gives for it. */
  readonly sibling: (reference: Json) => ResourceRecord | undefined;
}

/** A change of a resource that exists. */
export interface PropertyChange {
  readonly before: JsonMap;
  readonly changed: readonly string[];
}

/** Thrown by an update that turns out to need a new resource. */
export class NeedsReplacement extends Error {}

/**
 * What resources of one type are and do. Everything may be cut off and called again, so it looks at what exists before it acts.
 *
 * @throws {CloudError} or `ResourceFailure` from `create`, `update`, `delete` and `check`: the resource has failed.
 */
export interface ResourceType {
  readonly name: string;
  /** `undefined` takes any. */
  readonly schemas: PropertySchemas | undefined;
  /** Older names of properties. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** `undefined` has any. */
  readonly attributes: readonly string[] | undefined;
  /** Those the API shows of a resource. @default all */
  readonly listedAttributes?: readonly string[];
  /** Whether an update goes through it even when no property has changed. */
  readonly alwaysUpdated?: boolean;
  /** Whether one that failed can be mended by an update; others are replaced. */
  readonly repairable?: boolean;
  /** Names of resources of the same template that it waits for although it does not refer to them. */
  waitsFor?(definition: ResourceDefinition, others: readonly ResourceDefinition[]): string[];
  create(context: ResourceContext): Promise<void>;
  /** @throws {NeedsReplacement} */
  update(context: ResourceContext, change: PropertyChange): Promise<void>;
  delete(context: ResourceContext): Promise<void>;
  check?(context: ResourceContext): Promise<void>;
  /** @returns `undefined` for an attribute that it has not. */
  attribute(context: AttributeContext, attribute: string, path: readonly Json[]): Json | undefined;
  /** What `get_resource` gives. @default the physical id */
  reference?(context: AttributeContext): Json;
  /** A signal over HTTP. */
  signalled?(context: AttributeContext, body: Json): void;
}

/** The properties of a template under the names they have now. */
export function currentNames({ aliases = {} }: ResourceType, given: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [aliases[name] ?? name, value]));
}

/** A resource, to be looked at only. */
export interface AttributeContext extends Pick<ResourceContext, 'record' | 'stack' | 'physicalName' | 'save'> {
  readonly nested: NestedView;
}
