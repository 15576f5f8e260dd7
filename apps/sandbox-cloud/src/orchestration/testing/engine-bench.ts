import { Faults } from '../../inventory/faults.ts';
import { noStore } from '../../inventory/document-store.ts';
import type { DocumentStore } from '../../inventory/document-store.ts';
import type { Ids } from '../../inventory/ids.ts';
import type { ResourceRecord, StackDefinition, StackRecord } from '../engine/records.ts';
import type { ResourceType } from '../engine/resource-type.ts';
import { environmentOf } from '../hot/environment.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { openOrchestrator } from '../orchestrator.ts';
import type { Orchestrator } from '../orchestrator.ts';
import { plainTypes } from '../resources/plain-types.ts';
import { ManualClock, quiet } from './manual-clock.ts';

/** The same ids in every run. */
export function countingIds(): Ids {
  let count = 0;
  return {
    uuid: () => `00000000-0000-4000-8000-${String(count += 1).padStart(12, '0')}`,
    short: () => `id${count += 1}`,
  };
}

export interface BenchStack {
  readonly name?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly parameters?: JsonMap;
  readonly environment?: JsonMap;
  readonly disableRollback?: boolean;
  readonly timeoutMins?: number;
}

export interface BenchOptions {
  readonly documents?: DocumentStore;
  readonly clock?: ManualClock;
  readonly ids?: Ids;
  readonly faults?: Faults;
  readonly types?: readonly ResourceType[];
}

/** A stack engine whose time and ids belong to the test. */
export class EngineBench {
  readonly clock: ManualClock;
  readonly faults: Faults;
  readonly parts: Orchestrator;
  private readonly ids: Ids;

  constructor({ documents = noStore, clock = new ManualClock(), ids = countingIds(), faults, types = [] }: BenchOptions = {}) {
    this.clock = clock;
    this.ids = ids;
    this.faults = faults ?? new Faults(documents, clock, ids);
    const all = [...plainTypes({ clock, ids }), ...types];
    this.parts = openOrchestrator({ documents, clock, ids, faults: this.faults, types: all, constraintsFor: () => () => undefined });
  }

  definition(template: JsonMap, { files = {}, parameters = {}, environment = {} }: BenchStack = {}): StackDefinition {
    const merged = environmentOf(environment, [], files);
    const full = { heat_template_version: '2018-08-31', ...template };
    return { template: full, files, environment: { ...merged, parameters: { ...merged.parameters, ...parameters } } };
  }

  /** Starts it, and lets happen what needs no time. */
  async create(template: JsonMap, options: BenchStack = {}): Promise<StackRecord> {
    const { name = 's', disableRollback = true, timeoutMins = null } = options;
    const definition = this.definition(template, options);
    const identity = { id: this.ids.uuid(), name, projectId: 'p' };
    this.parts.validator.validate(identity, definition);
    const stack = this.parts.engine.create(identity.id, {
      name, projectId: 'p', userId: 'u', userName: 'user', definition, disableRollback, timeoutMins, tags: [],
    });
    await quiet();
    return stack;
  }

  async update(stack: StackRecord, template: JsonMap, options: BenchStack = {}): Promise<void> {
    const { disableRollback } = options;
    const definition = this.definition(template, options);
    this.parts.validator.validate(stack, definition);
    this.parts.engine.update(stack, { definition, ...(disableRollback !== undefined && { disableRollback }) });
    await quiet();
  }

  async delete(stack: StackRecord): Promise<void> {
    this.parts.engine.delete(stack);
    await quiet();
  }

  resource(stack: StackRecord, name: string): ResourceRecord | undefined {
    return this.parts.store.resource(stack.id, name);
  }

  /** Resources by name, each as `ACTION_STATUS`. */
  states(stack: StackRecord): Record<string, string> {
    const current = this.parts.store.resources(stack.id).filter((record) => record.current);
    return Object.fromEntries(current.map(({ name, action, status }) => [name, `${action}_${status}`]));
  }

  nested(stack: StackRecord, name: string): StackRecord {
    return this.parts.reader.of(this.resource(stack, name)!)!;
  }

  outputs(stack: StackRecord): Record<string, Json> {
    return this.parts.reader.outputs(stack);
  }

  /** What has happened to a stack, in order. */
  history(stack: StackRecord): string[] {
    return this.parts.store.events(stack.id).map(({ resourceName, status }) => `${resourceName} ${status}`);
  }
}

export function statusOf({ action, status, reason }: StackRecord): string {
  return `${action}_${status}: ${reason}`;
}
