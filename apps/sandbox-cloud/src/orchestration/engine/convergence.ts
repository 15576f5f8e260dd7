import type { Faults } from '../../inventory/faults.ts';
import type { Clock } from '../../inventory/clock.ts';
import type { Ids } from '../../inventory/ids.ts';
import { dependenciesOf, presentResources, withFurther } from '../hot/dependencies.ts';
import { evaluate } from '../hot/evaluate.ts';
import type { JsonMap } from '../hot/json.ts';
import { same } from '../hot/json.ts';
import { changedProperties, needsReplacement, resolvedProperties } from '../hot/properties.ts';
import type { ResourceDefinition } from '../hot/template.ts';
import type { ResourceRecord, StackRecord } from './records.ts';
import type { NestedStacks } from './resource-type.ts';
import { currentNames, NeedsReplacement } from './resource-type.ts';
import { ResourceRunner } from './resource-runner.ts';
import type { ResolvedType, ResourceTypes } from './resource-types.ts';
import type { StackReader } from './stack-reader.ts';
import type { StackStore } from './stack-store.ts';
import { resourcePath } from './stack-view.ts';
import type { StackView } from './stack-view.ts';

export interface EngineParts {
  readonly store: StackStore;
  readonly types: ResourceTypes;
  readonly reader: StackReader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly faults: Faults;
}

export interface ConvergenceOptions {
  readonly parts: EngineParts;
  readonly stack: StackRecord;
  readonly signal: AbortSignal;
  /** What the types of resources with stacks inside are given. */
  readonly nested: (record: ResourceRecord) => NestedStacks;
  /** Is told of work that goes on after the convergence has failed. */
  readonly track: (work: Promise<unknown>) => void;
}

/** What is to become of a resource that its template has. */
interface Wanted {
  readonly definition: ResourceDefinition;
  readonly resolved: ResolvedType;
  readonly properties: JsonMap;
  readonly metadata: JsonMap;
  /** Ids of the records it depends on. */
  readonly requires: string[];
}

/**
 * One pass that makes a stack what it is to be: first what its template has, each resource as soon as those it depends on are
 * there, then away with what it has no more, in the other direction. Fails as soon as one resource fails; what is being done
 * elsewhere goes on to its end.
 */
export class Convergence {
  private readonly runner: ResourceRunner;
  private failed = false;

  constructor(private readonly options: ConvergenceOptions) {
    this.runner = new ResourceRunner(options);
  }

  /** @throws {ResourceFailure}, or the signal's reason. */
  async toTemplate(): Promise<void> {
    const { parts: { reader }, stack } = this.options;
    const view = reader.view(stack);
    const present = presentResources(view.template, view.scope);
    const dependencies = withFurther(dependenciesOf(view.template, view.scope), this.implied([...present.values()]));
    const missing = [...present.values()].filter(({ name }) => !this.options.parts.store.resource(stack.id, name));
    // All can be seen from the start, as those that are waited for.
    for (const definition of missing) {
      this.newRecord(definition, this.options.parts.types.resolve(stack.definition, definition).implementation);
    }
    await this.inOrder([...present.keys()], (name) => dependencies.get(name)!, (name) =>
      this.converge(view, present.get(name)!, [...dependencies.get(name)!]));
    const { store } = this.options.parts;
    for (const record of store.resources(stack.id)) if (record.current && !present.has(record.name)) this.retire(record);
    await this.deleteRetired();
  }

  /** Dependencies that no template writes down: a port needs a subnet on its network. */
  private implied(definitions: readonly ResourceDefinition[]): [string, string[]][] {
    const { parts: { types }, stack } = this.options;
    return definitions.map((definition) => [definition.name, types.resolve(stack.definition, definition).type.waitsFor?.(definition, definitions) ?? []]);
  }

  /** Deletes everything. */
  async toNothing(): Promise<void> {
    for (const record of this.options.parts.store.resources(this.options.stack.id)) if (record.current) this.retire(record);
    await this.deleteRetired();
  }

  /** Looks at every resource whether it is still there. */
  async check(): Promise<void> {
    const { parts: { store }, stack } = this.options;
    const records = store.resources(stack.id).filter(({ current }) => current);
    await this.inOrder(records, () => [], (record) => this.runner.check(record));
  }

  /** Runs everything, each after those it waits for, as much at once as can be. */
  private async inOrder<T>(all: readonly T[], waitsFor: (one: T) => Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
    const { signal, track } = this.options;
    const started = new Map<T, Promise<void>>();
    const start = (one: T): Promise<void> => {
      const known = started.get(one);
      if (known) return known;
      const done = Promise.all([...waitsFor(one)].map(start)).then(async () => {
        signal.throwIfAborted();
        if (this.failed) return;
        const doing = work(one);
        track(doing);
        await doing;
      });
      started.set(one, done);
      return done;
    };
    try {
      await Promise.all(all.map(start));
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  private async converge(view: StackView, definition: ResourceDefinition, requiredNames: readonly string[]): Promise<void> {
    const { parts: { store }, stack } = this.options;
    const requires = requiredNames.flatMap((name) => store.resource(stack.id, name)?.id ?? []);
    const existing = store.resource(stack.id, definition.name);
    const wanted = await this.runner.guarded(existing, definition, () => this.wanted(view, definition, requires));
    const record = existing && this.usable(existing, wanted) ? existing : this.replacementFor(existing, wanted);
    await this.bring(record, wanted);
  }

  private wanted({ scope }: StackView, definition: ResourceDefinition, requires: string[]): Wanted {
    const { stack, parts: { types } } = this.options;
    const resolved = types.resolve(stack.definition, definition);
    const given = Object.fromEntries(Object.entries(currentNames(resolved.type, definition.properties)).map(([name, value]) => [name, evaluate(value, scope)]));
    const { schemas } = resolved.type;
    const properties = schemas === undefined ? given : resolvedProperties({
      schemas, given, path: `${resourcePath(definition.name)}.properties`, evaluate: (value) => value, custom: () => undefined,
    });
    return { definition, resolved, properties, metadata: evaluate(definition.metadata, scope) as JsonMap, requires };
  }

  /** Whether what exists can become what is wanted; otherwise something new takes its place. */
  private usable(record: ResourceRecord, { resolved, properties }: Wanted): boolean {
    const { type, implementation } = resolved;
    if (record.implementation !== implementation || record.action === 'DELETE') return false;
    if (record.action === 'INIT') return true;
    if (record.status === 'FAILED') return type.repairable === true && record.physicalId !== null;
    const unchanged = same(record.properties, properties);
    if (record.action === 'CREATE' && record.status === 'IN_PROGRESS') return unchanged
      || (type.repairable === true && record.physicalId !== null);
    return unchanged || type.schemas === undefined || !needsReplacement(type.schemas, changedProperties(record.properties, properties));
  }

  /** A new record; or the one that was replaced before, when the stack goes back to that. */
  private replacementFor(existing: ResourceRecord | undefined, wanted: Wanted): ResourceRecord {
    const { parts: { store }, stack } = this.options;
    const { definition, resolved, properties } = wanted;
    const former = store.resources(stack.id).find((record) => !record.current && record.name === definition.name && record.status === 'COMPLETE'
      && record.action !== 'DELETE' && record.implementation === resolved.implementation && same(record.properties, properties));
    if (existing) this.retire(existing);
    if (former) {
      former.current = true;
      store.saveResource(former);
      return former;
    }
    return this.newRecord(definition, resolved.implementation);
  }

  private newRecord({ name, type, deletionPolicy }: ResourceDefinition, implementation: string): ResourceRecord {
    const { parts: { store, clock, ids }, stack } = this.options;
    const record: ResourceRecord = {
      id: ids.uuid(), stackId: stack.id, name, type, implementation, action: 'INIT', status: 'COMPLETE', reason: '', physicalId: null,
      suffix: ids.short(), properties: {}, metadata: {}, data: {}, requires: [], current: true, deletionPolicy, createdAtMs: clock.now(),
      updatedAtMs: clock.now(),
    };
    store.addResource(record);
    return record;
  }

  private async bring(record: ResourceRecord, wanted: Wanted): Promise<void> {
    const { definition, resolved: { type }, properties, metadata, requires } = wanted;
    Object.assign(record, { metadata, requires, deletionPolicy: definition.deletionPolicy });
    const { updatePolicy } = definition;
    const unmade = record.action === 'INIT'
      || (record.action === 'CREATE' && record.status === 'IN_PROGRESS' && same(record.properties, properties));
    if (unmade) {
      const externalId = definition.externalId === undefined ? undefined : evaluate(
        definition.externalId, this.options.parts.reader.view(this.options.stack).scope,
      );
      await this.runner.create(record, type, { properties, updatePolicy, ...(typeof externalId === 'string' && { externalId }) });
      return;
    }
    const changed = changedProperties(record.properties, properties);
    const settled = record.status === 'COMPLETE' && changed.length === 0;
    if (settled && !(type.alwaysUpdated === true && this.options.stack.action !== 'CREATE')) {
      this.options.parts.store.saveResource(record);
      return;
    }
    try {
      await this.runner.update(record, type, { properties, updatePolicy }, changed);
    } catch (error) {
      if (!(error instanceof NeedsReplacement)) throw error;
      await this.bring(this.replacementFor(record, wanted), wanted);
    }
  }

  private retire(record: ResourceRecord): void {
    record.current = false;
    this.options.parts.store.saveResource(record);
  }

  /** Whoever was made with something goes before it. */
  private async deleteRetired(): Promise<void> {
    const { parts: { store }, stack } = this.options;
    const retired = store.resources(stack.id).filter(({ current }) => !current);
    const byRequired = new Map<string, ResourceRecord[]>();
    for (const record of retired) for (const id of record.requires) byRequired.set(id, [...byRequired.get(id) ?? [], record]);
    // What was never begun is nowhere but here.
    for (const record of retired.filter(({ action }) => action === 'INIT')) store.removeResource(record);
    await this.inOrder(
      retired.filter(({ action }) => action !== 'INIT'),
      (record) => (byRequired.get(record.id) ?? []).filter((other) => other !== record && other.action !== 'INIT'),
      (record) => this.runner.delete(record),
    );
  }
}
