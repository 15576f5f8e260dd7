import { missing } from '../../inventory/cloud-error.ts';
import { sleepUntil } from '../../inventory/clock.ts';
import type { Thing, ThingKind } from '../../inventory/inventory.ts';
import type { SimulatedCloud } from '../../inventory/simulated-cloud.ts';
import type { QuotaName } from '../../inventory/quotas.ts';
import type { AttributeContext, PropertyChange, ResourceContext, ResourceType } from '../engine/resource-type.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { select } from '../hot/reference-functions.ts';
import { typeSchema } from './schemas.ts';

/** What a service makes of a request. */
export interface Made {
  readonly name: string;
  readonly document: JsonMap;
  readonly uses: readonly string[];
  /** Where it is not a new one. */
  readonly id?: string;
  /** Milliseconds that it takes besides the latency of its type. */
  readonly extraMs?: number;
  readonly amounts?: Readonly<Record<string, number>>;
}

export interface CloudTypeSpec {
  readonly name: string;
  readonly kind: ThingKind;
  readonly aliases?: Readonly<Record<string, string>>;
  /** @default BUILD, ACTIVE */
  readonly statuses?: { readonly making: string; readonly made: string };
  readonly quota?: QuotaName;
  readonly waitsFor?: ResourceType['waitsFor'];
  /** @throws {CloudError} where the service would refuse. */
  build(context: ResourceContext, id: string): Made;
  /** It is there now. @throws {CloudError} when that has failed. */
  ready?(context: ResourceContext, thing: Thing): void;
  /** @throws {CloudError}, or `NeedsReplacement`. */
  update?(context: ResourceContext, thing: Thing, change: PropertyChange): void;
  attribute?(thing: Thing, attribute: string, context: AttributeContext): Json | undefined;
  /** @throws {CloudError} while something needs it. */
  requireUnused?(thing: Thing): void;
  /** It is gone; what came with it goes too. */
  removed?(thing: Thing): void;
}

/** What the services say of every thing. */
export function thingDocument({ id, name, status, projectId, document }: Thing): JsonMap {
  return { id, name, status, project_id: projectId, tenant_id: projectId, ...document };
}

/** A resource type whose resources are things in the simulated cloud. */
export function cloudType(sim: SimulatedCloud, spec: CloudTypeSpec): ResourceType {
  const { inventory, clock, latency } = sim;
  const { making, made } = spec.statuses ?? { making: 'BUILD', made: 'ACTIVE' };
  const thingOf = ({ record }: AttributeContext) => inventory.get(spec.kind, record.physicalId);
  const attribute = (context: AttributeContext, name: string): Json | undefined => {
    const thing = thingOf(context);
    if (!thing) return null;
    return spec.attribute?.(thing, name, context) ?? (name === 'show' ? thingDocument(thing) : thingDocument(thing)[name] ?? null);
  };
  return {
    name: spec.name, ...typeSchema(spec.name), ...(spec.aliases && { aliases: spec.aliases }),
    ...(spec.waitsFor && { waitsFor: spec.waitsFor }),
    async create(context) {
      const thing = thingOf(context) ?? newThing(sim, spec, context, making);
      await sleepUntil(clock, thing.readyAtMs, context.signal);
      if (thing.status !== making) return;
      thing.status = made;
      inventory.save(thing);
      spec.ready?.(context, thing);
    },
    async update(context, change) {
      const thing = thingOf(context);
      if (!thing) throw missing(`${spec.kind} ${context.record.physicalId} could not be found.`);
      await clock.sleep(latency.of(spec.name, 'update'), context.signal);
      if (change.changed.includes('name') && typeof context.properties['name'] === 'string') thing.name = context.properties['name'];
      spec.update?.(context, thing, change);
      inventory.save(thing);
    },
    async delete(context) {
      const thing = thingOf(context);
      if (!thing) return;
      spec.requireUnused?.(thing);
      await clock.sleep(latency.of(spec.name, 'delete'), context.signal);
      spec.requireUnused?.(thing);
      inventory.remove(thing);
      spec.removed?.(thing);
    },
    async check(context) {
      if (!thingOf(context)) throw missing(`${spec.kind} ${context.record.physicalId} could not be found.`);
      return Promise.resolve();
    },
    attribute(context, name, path) {
      const value = attribute(context, name);
      return value === undefined ? undefined : select(value, path) ?? null;
    },
  };
}

function newThing(sim: SimulatedCloud, spec: CloudTypeSpec, context: ResourceContext, status: string): Thing {
  const { inventory, clock, latency, ids, limits } = sim;
  const { record, stack: { projectId, id: stackId } } = context;
  if (spec.quota) limits.require(projectId, spec.quota, inventory.amountOf(spec.kind, projectId));
  const newId = ids.uuid();
  const { id = newId, name, document, uses, extraMs = 0, amounts } = spec.build(context, newId);
  const now = clock.now();
  const thing = inventory.add({
    id, kind: spec.kind, projectId, name, status, document, uses: [...uses], createdAtMs: now,
    readyAtMs: now + latency.of(spec.name, 'create') + extraMs, stackId, resource: record.name, ...(amounts && { amounts }),
  });
  // The id is kept together with the thing: whatever happens next, it is known who it belongs to.
  record.physicalId = id;
  context.save();
  return thing;
}

/** The properties named, as they are. */
export function picked(properties: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(names.map((name) => [name, properties[name] ?? null]));
}

/** The name asked for, or else the one Heat makes. */
export function nameOf({ properties, physicalName }: ResourceContext): string {
  return typeof properties['name'] === 'string' && properties['name'] !== '' ? properties['name'] : physicalName;
}
