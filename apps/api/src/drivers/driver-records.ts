import { randomUUID } from 'node:crypto';
import { DomainError, SYSTEM_ACTOR, driverDecider } from '@jeroboam/domain';
import type { DriverLifeState, EventContext } from '@jeroboam/domain';
import { DriversUnusable } from '@jeroboam/driver-sdk';
import type { DriverManifest, DriverRegistry } from '@jeroboam/driver-sdk';
import { Aggregates } from '@jeroboam/event-log';
import { newRequestId } from '@jeroboam/platform';
import { BAYS, DRIVERS, DRIVERS_PROJECTION } from '@jeroboam/read-model';
import type { BayDocument, DriverDocument } from '@jeroboam/read-model';
import type { ApiDependencies } from '../api-dependencies.ts';
import { actorOf } from '../auth/caller.ts';
import { NotYetReadable, type Acting } from '../command/commands.ts';

/** A version that bays were made with goes on being needed. */
export class DriverInUse extends DomainError {
  readonly code = 'DRIVER_IN_USE';
  readonly kind = 'conflict';
  constructor({ name, version }: DriverManifest, bays: readonly BayDocument[]) {
    const named = bays.map((bay) => `${bay.name} (${bay.id})`).join(', ');
    super(`Driver ${name} ${version} cannot be retired: ${bays.length} clusters were made with it: ${named}.`, {
      driver: name, version, clusters: bays.map(({ id }) => id),
    });
  }
}

export class DriversAmbiguous extends DomainError {
  readonly code = 'DRIVERS_AMBIGUOUS';
  readonly kind = 'conflict';
}

/** Bays gone through at once while those of a driver are looked for. */
const READ_AT_ONCE = 500;
/** Bays that a refusal names. */
const MAX_NAMED = 100;

type Dependencies = Pick<ApiDependencies, 'log' | 'readModel' | 'clock' | 'drivers'> & {
  readonly config: { readonly defaultDriver?: string | readonly string[]; readonly readAfterWriteTimeoutMs: number };
};

/** What is known of drivers beside what they say of themselves: which templates they had, and what operators made of them. */
export class DriverRecords {
  readonly #aggregates;
  /** The registry as it was asked for last: a changed state is rare, and a registry checks all it is made of. */
  #last: { readonly states: string; readonly registry: DriverRegistry } | undefined;

  constructor(private readonly dependencies: Dependencies) {
    const { log, clock } = dependencies;
    this.#aggregates = new Aggregates({ log, decider: driverDecider, category: 'driver', now: () => clock.now() });
  }

  /**
   * Remembers the templates of all loaded drivers, for ever.
   * @throws {TemplateChanged} one is not what it was when it was loaded first.
   */
  async publishTemplates(): Promise<void> {
    for (const { name, version, bundles = [] } of this.dependencies.drivers.manifests) {
      if (bundles.length === 0) continue;
      const templates = bundles.map((bundle) => ({ version: bundle.version, digest: bundle.digest }));
      const commandId = randomUUID();
      const context = { actor: SYSTEM_ACTOR, requestId: newRequestId(), commandId, correlationId: commandId, causationId: null, driver: { name, version } };
      await this.#aggregates.execute(name, { type: 'PublishTemplates', data: { name, version, templates } }, context);
    }
  }

  /** The loaded drivers, in the states they are in now. */
  async current(): Promise<DriverRegistry> {
    const { readModel, drivers } = this.dependencies;
    const known = await readModel.find<DriverDocument>(DRIVERS.name);
    const changed = known.flatMap(({ id, state }) => (state === null ? [] : [[id, state] as const]));
    const states = JSON.stringify(changed);
    if (this.#last?.states !== states) this.#last = { states, registry: drivers.withStates(new Map(changed)) };
    return this.#last.registry;
  }

  /**
   * The change can be read by the end.
   * @throws {DriverInUse} {DriversAmbiguous} {NotYetReadable}
   */
  async changeState(manifest: DriverManifest, state: DriverLifeState, acting: Acting): Promise<void> {
    const { name, version } = manifest;
    if (state === 'retired') await this.#requireUnused(manifest);
    await this.#requireUnambiguous(`${name}@${version}`, state);
    await acting.takeKey?.();
    const from = this.dependencies.drivers.find(name, version)!.state;
    const { position } = await this.#aggregates.execute(name, { type: 'ChangeDriverState', data: { name, version, from, state } }, contextOf(acting, manifest));
    const { readModel, config } = this.dependencies;
    if (position !== null && !(await readModel.reached(DRIVERS_PROJECTION, position, config.readAfterWriteTimeoutMs))) throw new NotYetReadable(null);
  }

  async #requireUnused(manifest: DriverManifest): Promise<void> {
    const bays: BayDocument[] = [];
    let afterId: string | undefined;
    for (;;) {
      const page = await this.dependencies.readModel.find<BayDocument>(BAYS.name, { limit: READ_AT_ONCE, ...(afterId === undefined ? {} : { afterId }) });
      bays.push(...page.filter(({ spec: { driver } }) => driver.name === manifest.name && driver.version === manifest.version));
      if (page.length < READ_AT_ONCE || bays.length >= MAX_NAMED) break;
      afterId = page.at(-1)!.id;
    }
    if (bays.length > 0) throw new DriverInUse(manifest, bays.slice(0, MAX_NAMED));
  }

  /** What would stop the next boot is refused now. */
  async #requireUnambiguous(id: string, state: DriverLifeState): Promise<void> {
    const registry = (await this.current()).withStates(new Map([[id, state]]));
    try {
      registry.assertUnambiguous(this.dependencies.config.defaultDriver);
    } catch (error) {
      if (error instanceof DriversUnusable) throw new DriversAmbiguous(error.message, { driver: id, state }, { cause: error });
      throw error;
    }
  }
}

function contextOf({ caller, requestId, commandId }: Acting, { name, version }: DriverManifest): EventContext {
  return { actor: actorOf(caller), requestId, commandId, correlationId: commandId, causationId: null, driver: { name, version } };
}
