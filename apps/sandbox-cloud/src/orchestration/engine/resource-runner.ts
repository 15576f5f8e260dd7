import { CloudError } from '../../inventory/cloud-error.ts';
import type { Doing } from '../../inventory/faults.ts';
import { HotError } from '../hot/hot-error.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import type { ResourceDefinition } from '../hot/template.ts';
import type { ConvergenceOptions } from './convergence.ts';
import { ResourceFailure, Stopped } from './failures.ts';
import type { ResourceAction, ResourceRecord } from './records.ts';
import { NeedsReplacement } from './resource-type.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { physicalName } from './stack-reader.ts';

export interface Target {
  readonly properties: JsonMap;
  readonly updatePolicy: JsonMap;
  readonly externalId?: string;
}

/** Does one thing to one resource, and writes down what becomes of it. */
export class ResourceRunner {
  constructor(private readonly options: ConvergenceOptions) {}

  async create(record: ResourceRecord, type: ResourceType, target: Target): Promise<void> {
    record.properties = target.properties;
    await this.run(record, 'CREATE', async () => {
      if (target.externalId === undefined) await type.create(this.context(record, target));
      else record.physicalId = target.externalId;
    });
  }

  async update(record: ResourceRecord, type: ResourceType, target: Target, changed: readonly string[]): Promise<void> {
    await this.run(record, 'UPDATE', async () => {
      await type.update(this.context(record, target), { before: record.properties, changed });
      record.properties = target.properties;
    });
  }

  async check(record: ResourceRecord): Promise<void> {
    const type = this.typeOf(record);
    const reason = type.check ? undefined : `CHECK not supported for ${record.type}`;
    await this.run(record, 'CHECK', async () => type.check?.(this.context(record)), reason);
  }

  async delete(record: ResourceRecord): Promise<void> {
    const { store } = this.options.parts;
    const type = this.typeOf(record);
    await this.run(record, 'DELETE', async () => {
      if (record.deletionPolicy !== 'retain') await type.delete(this.context(record));
    });
    store.removeResource(record);
  }

  /** What a template says that cannot be evaluated makes the resource fail, not the engine. */
  async guarded<T>(existing: ResourceRecord | undefined, { name }: ResourceDefinition, work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      const action = existing ? 'UPDATE' : 'CREATE';
      const failure = failureOf(error, name, action);
      if (existing) this.options.parts.store.resourceState(existing, action, 'FAILED', failure.message);
      throw failure;
    }
  }

  private async run(record: ResourceRecord, action: ResourceAction, work: () => Promise<void>, reason?: string): Promise<void> {
    const { parts: { store, faults }, signal } = this.options;
    // After a restart it is so already.
    if (record.action !== action || record.status !== 'IN_PROGRESS') store.resourceState(record, action, 'IN_PROGRESS');
    try {
      // What exists already has been made: going on with it is not making it once more.
      if (action !== 'CREATE' || record.physicalId === null) await faults.suffer(this.doing(record, action), signal);
      await work();
      store.resourceState(record, action, 'COMPLETE', reason);
    } catch (error) {
      if (error instanceof NeedsReplacement) throw error;
      if (error instanceof Stopped) {
        // Whoever takes over goes on from here; only a time that is up is an end.
        if (error.why === 'timed out') store.resourceState(record, action, 'FAILED', `${action} aborted (Timed out)`);
        throw error;
      }
      const failure = failureOf(error, record.name, action);
      store.resourceState(record, action, 'FAILED', failure.message);
      throw failure;
    }
  }

  private doing({ type, name }: ResourceRecord, action: ResourceAction): Doing {
    const { parts: { store }, stack } = this.options;
    const stacks = store.withParents(stack).map((each) => each.name);
    return { type, action: action.toLowerCase(), projectId: stack.projectId, resource: name, stacks };
  }

  private typeOf(record: ResourceRecord): ResourceType {
    return this.options.parts.types.of(record.implementation, this.options.stack.definition);
  }

  private context(record: ResourceRecord, target?: Target): ResourceContext {
    const { parts: { store, reader }, stack, signal, nested } = this.options;
    return {
      record, stack, signal, nested: nested(record), physicalName: physicalName(stack, record),
      properties: target?.properties ?? record.properties, updatePolicy: target?.updatePolicy ?? {},
      save: () => store.saveResource(record),
      sibling: (reference: Json) =>
        store.resources(stack.id).find((other) => other.current && reader.reference(stack, other.name) === reference),
    };
  }
}

function failureOf(error: unknown, resource: string, action: ResourceAction): ResourceFailure {
  if (error instanceof ResourceFailure) return error.within(resource, action);
  const path = ['resources', resource];
  if (error instanceof CloudError || error instanceof HotError) return new ResourceFailure(error.type, path, error.message, action);
  return new ResourceFailure('Error', path, error instanceof Error ? error.message : String(error), action);
}
