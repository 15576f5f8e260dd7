import type { Clock } from '../../inventory/clock.ts';
import type { DocumentStore } from '../../inventory/document-store.ts';
import type { Ids } from '../../inventory/ids.ts';
import type { Files } from '../hot/environment.ts';
import type { ResourceAction, ResourceRecord, StackAction, StackEvent, StackRecord, Status } from './records.ts';

/** Heat's own bound; older events of a stack go. */
const MAX_EVENTS = 1_000;
/** Stands for the files of the stack around, in what is kept. */
const INHERITED = 'inherited';
/** Deleted stacks can still be looked at, the latest of them. */
const MAX_DELETED = 2_000;

interface Kept {
  readonly stack: StackRecord;
  readonly resources: Map<string, ResourceRecord>;
  readonly events: StackEvent[];
}

/** Stacks with their resources and events. What is changed through here outlives the process. */
export class StackStore {
  private readonly kept = new Map<string, Kept>();
  private readonly children = new Map<string, Set<string>>();
  /** Those that live in no other, by project. */
  private readonly rootsByProject = new Map<string, Set<StackRecord>>();
  private readonly deleted: string[] = [];

  constructor(
    private readonly store: DocumentStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    for (const { document } of store.load('stack')) this.remember(document as StackRecord);
    for (const stack of this.stacks()) stack.definition = { ...stack.definition, files: this.filesOf(stack) };
    for (const { document } of store.load('resource')) {
      const record = document as ResourceRecord;
      this.kept.get(record.stackId)?.resources.set(record.id, record);
    }
    const events = store.load('event').map(({ document }) => document as StackEvent).sort((one, other) => one.timeMs - other.timeMs);
    for (const event of events) this.kept.get(event.stackId)?.events.push(event);
  }

  addStack(stack: StackRecord): void {
    this.remember(stack);
    this.saveStack(stack);
  }

  saveStack(stack: StackRecord): void {
    const { definition, parentId } = stack;
    const parent = parentId === undefined ? undefined : this.stack(parentId);
    // A stack has the files of the one around it: a thousand nodes would keep a thousand copies.
    const inherits = parent?.definition.files === definition.files;
    this.store.put('stack', stack.id, inherits ? { ...stack, definition: { ...definition, files: INHERITED } } : stack);
  }

  /** Also when it is deleted already. */
  stack(id: string): StackRecord | undefined {
    return this.kept.get(id)?.stack;
  }

  stacks(): StackRecord[] {
    return [...this.kept.values()].map(({ stack }) => stack);
  }

  /** Of a project, those inside of no other. */
  roots(projectId: string): StackRecord[] {
    return [...this.rootsByProject.get(projectId) ?? []];
  }

  childrenOf(stackId: string): StackRecord[] {
    return [...this.children.get(stackId) ?? []].flatMap((id) => this.stack(id) ?? []);
  }

  /** The stack, the one around it, and so on. */
  withParents(stack: StackRecord): StackRecord[] {
    const parent = stack.parentId === undefined ? undefined : this.stack(stack.parentId);
    return parent ? [stack, ...this.withParents(parent)] : [stack];
  }

  addResource(record: ResourceRecord): void {
    this.kept.get(record.stackId)!.resources.set(record.id, record);
    this.saveResource(record);
  }

  saveResource(record: ResourceRecord): void {
    if (this.kept.get(record.stackId)?.resources.has(record.id)) this.store.put('resource', record.id, record);
  }

  removeResource(record: ResourceRecord): void {
    this.kept.get(record.stackId)?.resources.delete(record.id);
    this.store.delete('resource', record.id);
  }

  resources(stackId: string): ResourceRecord[] {
    return [...this.kept.get(stackId)?.resources.values() ?? []];
  }

  /** The one that its name stands for. */
  resource(stackId: string, name: string): ResourceRecord | undefined {
    return this.resources(stackId).find((record) => record.name === name && record.current);
  }

  events(stackId: string): readonly StackEvent[] {
    return this.kept.get(stackId)?.events ?? [];
  }

  stackState(stack: StackRecord, action: StackAction, status: Status, reason: string): void {
    Object.assign(stack, { action, status, reason });
    this.saveStack(stack);
    this.event(stack.id, { name: stack.name, physicalId: stack.id, type: 'OS::Heat::Stack', status: `${action}_${status}`, reason });
  }

  resourceState(record: ResourceRecord, action: ResourceAction, status: Status, reason = 'state changed'): void {
    Object.assign(record, { action, status, reason, updatedAtMs: this.clock.now() });
    this.saveResource(record);
    const { name, physicalId, type } = record;
    this.event(record.stackId, { name, physicalId, type, status: `${action}_${status}`, reason });
  }

  /** Nested stacks vanish with their resource; others stay to be looked at. */
  stackDeleted(stack: StackRecord): void {
    stack.deletedAtMs = this.clock.now();
    this.saveStack(stack);
    if (stack.parentId !== undefined) this.forget(stack.id);
    else this.deleted.push(stack.id);
    while (this.deleted.length > MAX_DELETED) this.forget(this.deleted.shift()!);
  }

  flushed(): Promise<void> {
    return this.store.flushed();
  }

  private event(stackId: string, { name, physicalId, type, status, reason }: {
    readonly name: string; readonly physicalId: string | null; readonly type: string; readonly status: string; readonly reason: string;
  }): void {
    const kept = this.kept.get(stackId);
    if (!kept) return;
    const event = {
      id: this.ids.uuid(), stackId, timeMs: this.clock.now(), resourceName: name, physicalId, status, reason, type, properties: null,
    };
    kept.events.push(event);
    this.store.put('event', event.id, event);
    if (kept.events.length > MAX_EVENTS) this.store.delete('event', kept.events.shift()!.id);
  }

  private filesOf({ definition: { files }, parentId }: StackRecord): Files {
    const parent = parentId === undefined ? undefined : this.stack(parentId);
    return (files as unknown) === INHERITED && parent ? this.filesOf(parent) : files;
  }

  private remember(stack: StackRecord): void {
    this.kept.set(stack.id, { stack, resources: new Map(), events: [] });
    if (stack.deletedAtMs !== null) this.deleted.push(stack.id);
    if (stack.parentId === undefined) {
      const roots = this.rootsByProject.get(stack.projectId) ?? new Set();
      this.rootsByProject.set(stack.projectId, roots.add(stack));
      return;
    }
    const siblings = this.children.get(stack.parentId) ?? new Set();
    this.children.set(stack.parentId, siblings.add(stack.id));
  }

  private forget(id: string): void {
    const kept = this.kept.get(id);
    if (!kept) return;
    this.kept.delete(id);
    this.rootsByProject.get(kept.stack.projectId)?.delete(kept.stack);
    if (kept.stack.parentId !== undefined) this.children.get(kept.stack.parentId)?.delete(id);
    this.store.delete('stack', id);
    for (const event of kept.events) this.store.delete('event', event.id);
    for (const record of kept.resources.values()) this.store.delete('resource', record.id);
  }
}
