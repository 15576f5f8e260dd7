import { Convergence } from './convergence.ts';
import type { EngineParts } from './convergence.ts';
import { ResourceFailure, StackRefusal, Stopped } from './failures.ts';
import type { ResourceRecord, StackAction, StackDefinition, StackRecord } from './records.ts';
import type { NestedStacks } from './resource-type.ts';
import { physicalName } from './stack-reader.ts';
import { same } from '../hot/json.ts';
import type { Json } from '../hot/json.ts';

/** Heat's default for a stack that says nothing, in minutes. */
const DEFAULT_TIMEOUT_MINS = 60;

export interface NewStack {
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly userName: string;
  readonly definition: StackDefinition;
  readonly disableRollback: boolean;
  readonly timeoutMins: number | null;
  readonly tags: string[];
}

export interface StackChange {
  readonly definition: StackDefinition;
  /** Left out, they stay as they are. */
  readonly disableRollback?: boolean;
  readonly timeoutMins?: number;
  readonly tags?: string[];
}

interface Run {
  readonly controller: AbortController;
  /** Resolves when nothing of it is going on any more. */
  readonly settled: Promise<void>;
}

/** Carries out what is asked of stacks. Nothing here waits for a request: stacks go on by themselves, also after a restart. */
export class StackEngine {
  private readonly runs = new Map<string, Run>();

  constructor(private readonly parts: EngineParts) {}

  /** @param id of the stack to be; its definition has been validated. */
  create(id: string, { definition, ...rest }: NewStack): StackRecord {
    const stack: StackRecord = {
      id, ...rest, definition, action: 'CREATE', status: 'IN_PROGRESS', reason: '', createdAtMs: this.parts.clock.now(),
      updatedAtMs: null, deletedAtMs: null, deadlineMs: null,
    };
    this.parts.store.addStack(stack);
    this.begin(stack, 'CREATE');
    return stack;
  }

  update(stack: StackRecord, { definition, ...settings }: StackChange): void {
    // Back goes only to what has been whole.
    if (stack.status === 'COMPLETE' || !stack.previous) stack.previous = stack.definition;
    stack.definition = definition;
    Object.assign(stack, settings);
    this.begin(stack, 'UPDATE');
  }

  delete(stack: StackRecord): void {
    this.begin(stack, 'DELETE');
  }

  check(stack: StackRecord): void {
    this.begin(stack, 'CHECK');
  }

  /** @throws {StackRefusal} when there is no update to be cancelled. */
  cancelUpdate(stack: StackRecord, { rollback }: { readonly rollback: boolean }): void {
    if (stack.action !== 'UPDATE' || stack.status !== 'IN_PROGRESS') {
      throw new StackRefusal('NotSupported', 400, `Cancelling update when stack is ${stack.action}_${stack.status} is not supported.`);
    }
    if (rollback) {
      this.rollBack(stack);
      return;
    }
    this.runs.get(stack.id)?.controller.abort(new Stopped('superseded'));
    this.parts.store.stackState(stack, 'UPDATE', 'FAILED', 'Stack UPDATE cancelled');
  }

  /** @throws {StackRefusal} for a resource that takes no signals. */
  signal(stack: StackRecord, resourceName: string, body: Json): void {
    const { store, types, reader } = this.parts;
    const record = store.resource(stack.id, resourceName);
    const type = record && types.of(record.implementation, stack.definition);
    if (!type?.signalled) throw new StackRefusal('ResourceActionNotSupported', 400, 'signal is not supported for resource.');
    type.signalled(reader.context(stack, record!), body);
  }

  /** Goes on with every stack that was in progress when the sandbox ended. */
  resume(): void {
    for (const stack of this.parts.store.stacks()) {
      if (stack.status === 'IN_PROGRESS' && stack.parentId === undefined && stack.deletedAtMs === null) this.start(stack, stack.action);
    }
  }

  /** Resolves when nothing is in progress. */
  async settled(): Promise<void> {
    while (this.runs.size > 0) await Promise.all([...this.runs.values()].map(({ settled }) => settled));
  }

  /** Stops where things are; `resume` goes on from there. */
  async close(): Promise<void> {
    for (const { controller } of this.runs.values()) controller.abort(new Stopped('shutdown'));
    await this.settled();
  }

  private begin(stack: StackRecord, action: StackAction): void {
    const { clock, store } = this.parts;
    const now = clock.now();
    stack.deadlineMs = now + (stack.timeoutMins ?? DEFAULT_TIMEOUT_MINS) * 60_000;
    if (action !== 'CREATE') stack.updatedAtMs = now;
    store.stackState(stack, action, 'IN_PROGRESS', `Stack ${action} started`);
    this.start(stack, action);
  }

  /** Whatever is being done to the stack is stopped first. */
  private start(stack: StackRecord, action: StackAction): void {
    const former = this.runs.get(stack.id);
    former?.controller.abort(new Stopped('superseded'));
    const controller = new AbortController();
    const settled = this.perform(stack, action, controller, former?.settled).finally(() => {
      if (this.runs.get(stack.id)?.controller === controller) this.runs.delete(stack.id);
    });
    this.runs.set(stack.id, { controller, settled });
  }

  private async perform(stack: StackRecord, action: StackAction, controller: AbortController, former?: Promise<void>): Promise<void> {
    await former;
    const work = new Set<Promise<unknown>>();
    const end = new AbortController();
    if (stack.deadlineMs !== null) void this.watch(stack.deadlineMs, controller, end.signal);
    try {
      await this.converge(stack, action, { signal: controller.signal, track: (doing) => void work.add(doing) });
      this.completed(stack, action);
    } catch (error) {
      this.ended(stack, action, error);
    } finally {
      end.abort(new Stopped('superseded'));
    }
    // What goes on beside a failure ends before anything else begins; the set may grow meanwhile.
    for (const doing of work) await Promise.allSettled([doing]);
  }

  private async watch(deadlineMs: number, controller: AbortController, end: AbortSignal): Promise<void> {
    try {
      await this.parts.clock.sleep(Math.max(0, deadlineMs - this.parts.clock.now()), end);
      controller.abort(new Stopped('timed out'));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  private async converge(stack: StackRecord, action: StackAction, { signal, track }: Doing): Promise<void> {
    const nested = (record: ResourceRecord) => this.nestedStacks(stack, record, { signal, track });
    const convergence = new Convergence({ parts: this.parts, stack, signal, track, nested });
    signal.throwIfAborted();
    if (action === 'CHECK') await convergence.check();
    // A creation is rolled back to nothing, an update to what was before.
    else if (action === 'DELETE' || (action === 'ROLLBACK' && stack.previous === undefined)) await convergence.toNothing();
    else await convergence.toTemplate();
  }

  private completed(stack: StackRecord, action: StackAction): void {
    const { store } = this.parts;
    stack.deadlineMs = null;
    if (action !== 'CHECK') delete stack.previous;
    const unchecked = action === 'CHECK' && store.resources(stack.id).some(({ reason }) => reason.startsWith('CHECK not supported'));
    const partly = unchecked ? ". 'CHECK' not fully supported (see resources)" : '';
    store.stackState(stack, action, 'COMPLETE', `Stack ${action} completed successfully${partly}`);
    if (action === 'DELETE') store.stackDeleted(stack);
  }

  private ended(stack: StackRecord, action: StackAction, error: unknown): void {
    if (error instanceof Stopped && error.why !== 'timed out') return;
    const { store } = this.parts;
    store.stackState(stack, action, 'FAILED', reasonOf(error));
    const goesBack = (action === 'CREATE' || action === 'UPDATE') && !stack.disableRollback;
    if (goesBack) this.rollBack(stack);
  }

  private rollBack(stack: StackRecord): void {
    if (stack.previous) stack.definition = stack.previous;
    this.begin(stack, 'ROLLBACK');
  }

  private nestedStacks(parent: StackRecord, record: ResourceRecord, doing: Doing): NestedStacks {
    const { reader } = this.parts;
    return {
      of: (other) => reader.of(other),
      reference: (stack, name) => reader.reference(stack, name),
      attribute: (stack, name, attribute, path) => reader.attribute(stack, name, attribute, path),
      outputs: (stack) => reader.outputs(stack),
      names: (stack) => reader.names(stack),
      converge: (definition) => this.convergeNested(parent, record, definition, doing),
      delete: () => this.deleteNested(record, doing),
    };
  }

  private async convergeNested(parent: StackRecord, record: ResourceRecord, definition: StackDefinition, doing: Doing): Promise<void> {
    const { reader, store } = this.parts;
    const existing = reader.of(record);
    const child = existing ?? this.newChild(parent, record, definition);
    const resumes = child.action === 'CREATE' && child.status === 'IN_PROGRESS' && same(child.definition as never, definition as never);
    child.definition = definition;
    const action = !existing || resumes ? 'CREATE' : 'UPDATE';
    if (!resumes) {
      if (existing) child.updatedAtMs = this.parts.clock.now();
      store.stackState(child, action, 'IN_PROGRESS', `Stack ${action} started`);
    }
    await this.performNested(child, action, doing);
  }

  private async deleteNested(record: ResourceRecord, doing: Doing): Promise<void> {
    const child = this.parts.reader.of(record);
    if (!child) return;
    this.parts.store.stackState(child, 'DELETE', 'IN_PROGRESS', 'Stack DELETE started');
    await this.performNested(child, 'DELETE', doing);
  }

  private async performNested(child: StackRecord, action: StackAction, doing: Doing): Promise<void> {
    try {
      await this.converge(child, action, doing);
      this.completed(child, action);
    } catch (error) {
      if (!(error instanceof Stopped) || error.why === 'timed out') this.parts.store.stackState(child, action, 'FAILED', reasonOf(error));
      throw error;
    }
  }

  private newChild(parent: StackRecord, record: ResourceRecord, definition: StackDefinition): StackRecord {
    const { clock, ids, store } = this.parts;
    const child: StackRecord = {
      id: ids.uuid(), name: physicalName(parent, record), projectId: parent.projectId, userId: parent.userId, userName: parent.userName,
      parentId: parent.id, parentResource: record.id, definition, action: 'CREATE', status: 'COMPLETE', reason: '',
      createdAtMs: clock.now(),
      updatedAtMs: null, deletedAtMs: null, disableRollback: true, timeoutMins: parent.timeoutMins, tags: [], deadlineMs: null,
    };
    store.addStack(child);
    record.physicalId = child.id;
    store.saveResource(record);
    return child;
  }
}

interface Doing {
  readonly signal: AbortSignal;
  readonly track: (work: Promise<unknown>) => void;
}

function reasonOf(error: unknown): string {
  if (error instanceof ResourceFailure) return `Resource ${error.action} failed: ${error.message}`;
  if (error instanceof Stopped) return 'Timed out';
  return error instanceof Error ? error.message : String(error);
}
