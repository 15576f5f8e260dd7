import { BayNotFound, bayDecider } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BayState, BayView, ExtensionCall } from '@jeroboam/domain';
import type { ExtensionCommand } from '@jeroboam/driver-sdk';
import { Aggregates } from '@jeroboam/event-log';
import { readExtension, runExtension, type Accepted } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { DriverVersionUnavailable } from '../capability/capability.errors.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { UnknownArgument } from '../wire/errors.ts';
import { ExtensionArguments } from './extension-arguments.ts';
import { ruleOf } from './extension-rules.ts';
import { ExtensionNotFound, ExtensionUnavailable } from './extension.errors.ts';

/** What was asked of the extension of a bay's driver. */
export interface WantedExtension {
  readonly alias: string;
  /** The last part of the path. */
  readonly path: string;
  readonly method: ExtensionCommand['method'];
  readonly given: unknown;
}

/** Bays that are kept folded, for those who look again and again. */
const KEPT_BAYS = 100;

/** Leads commands of extensions to the driver that made the bay: to look through an executor, to act through an operation. */
export class CallExtension {
  readonly #arguments: ExtensionArguments;
  readonly #bays: Aggregates<BayState, BayCommand, BayEvent>;

  constructor(
    private readonly api: Pick<Api, 'drivers' | 'log' | 'clock'>,
    private readonly commands: Commands,
  ) {
    this.#arguments = new ExtensionArguments(api.drivers.manifests);
    this.#bays = new Aggregates({ log: api.log, decider: bayDecider, category: 'bay', now: () => api.clock.now(), cacheSize: KEPT_BAYS });
  }

  /** Before anything is looked for: names that no such command has. @throws {UnknownArgument} */
  requireKnownNames({ alias, path, method, given }: WantedExtension): void {
    const commands = this.api.drivers.manifests.flatMap(({ extension }) => (extension?.alias === alias ? extension.commands : []));
    const known = commands.filter((command) => command.path === path && command.method === method).flatMap(({ argsSchema }) => Object.keys(argsSchema['properties'] ?? {}));
    const unknown = Object.keys(given as object).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new UnknownArgument(unknown);
  }

  /**
   * What the driver shows. Only read here: no stream is written.
   * @throws {ExtensionNotFound} {DriverVersionUnavailable} {PolicyNotAuthorized} {BadRequest} {ExtensionUnavailable}
   */
  async show(bay: BayDocument, wanted: WantedExtension, acting: Acting): Promise<Readonly<Record<string, unknown>>> {
    const call = this.#callOf(bay, wanted, acting);
    const answer = await this.commands.ask(readExtension, { bay: await this.#viewOf(bay.id), call }, acting);
    if ('failed' in answer) throw new ExtensionUnavailable(call.alias, call.command, answer.failed);
    return answer.shown;
  }

  /** @throws the same, and what the scheduler refuses. */
  run(bay: BayDocument, wanted: WantedExtension, acting: Acting): Promise<Accepted> {
    const call = this.#callOf(bay, wanted, acting);
    return this.commands.changeBay(runExtension, { bayId: bay.id, call }, acting);
  }

  #callOf({ spec, ...bay }: BayDocument, { alias, path, method, given }: WantedExtension, { caller }: Acting): ExtensionCall {
    const { name, version } = spec.driver;
    const manifest = this.api.drivers.find(name, version);
    if (!manifest) throw new DriverVersionUnavailable(name, version);
    const { extension } = manifest;
    const command = extension?.alias === alias ? extension.commands.find((each) => each.path === path && each.method === method) : undefined;
    if (!command) throw new ExtensionNotFound(alias, path);
    enforce(ruleOf(alias, command), caller, bay);
    return { alias, command: command.name, arguments: this.#arguments.read(command, given) };
  }

  async #viewOf(bayId: string): Promise<BayView> {
    const { state } = await this.#bays.load(bayId);
    if (state.phase !== 'live') throw new BayNotFound(bayId);
    const { spec, nodeGroups, nodes, resources, stackId, apiAddress } = state;
    return { spec, nodeGroups, nodes, resources, stackId, apiAddress };
  }
}
