import type { DriverManifest } from '@jeroboam/driver-sdk';
import type { EventLog } from '@jeroboam/event-log';
import type { MessageClient } from '@jeroboam/messaging';
import type { Clock, Logger, Metrics, Timers } from '@jeroboam/platform';
import type { ReadModel } from '@jeroboam/read-model';
import { BayLook } from './bay-look.ts';
import type { CredentialProbe } from './bay-look.ts';
import { BayMessages } from './bay-messages.ts';
import { BayRoster } from './bay-roster.ts';
import type { RosterListener } from './bay-roster.ts';
import { ClientCertificates } from './client-certificates.ts';
import { DriverShelf } from './driver-shelf.ts';
import { Rounds } from './rounds.ts';
import { Tally } from './tally.ts';
import type { TelemetryConfig } from './telemetry.config.ts';
import { WatchedBays } from './watched-bays.ts';

export interface TelemetryParts {
  readonly eventLog: EventLog;
  readonly readModel: ReadModel;
  readonly messages: MessageClient;
  readonly drivers: readonly DriverManifest[];
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0, below 1. */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** @default nothing is known of credentials but those that drivers look with */
  readonly credentials?: CredentialProbe | null;
  readonly config: TelemetryConfig;
}

/** Telemetry as a whole: the roster says which bays there are, the rounds when each is looked at. */
export class Telemetry implements RosterListener {
  readonly #roster: BayRoster;
  readonly #rounds: Rounds;
  readonly #look: BayLook;
  readonly #certificates: ClientCertificates;
  readonly #tally: Tally;

  constructor({ eventLog, readModel, messages, drivers, clock, timers, random, metrics, logger, credentials = null, config }: TelemetryParts) {
    const bays = new WatchedBays(eventLog, clock);
    const shelf = new DriverShelf(drivers, config.dataDir, logger);
    const bayMessages = new BayMessages(messages, config.messageTimeoutMs);
    this.#tally = new Tally(metrics);
    this.#certificates = new ClientCertificates(bayMessages, clock);
    this.#look = new BayLook(bays, shelf, this.#certificates, bayMessages, this.#tally, config, clock, timers, logger, credentials);
    this.#rounds = new Rounds((bayId, signal) => this.#lookAt(bayId, signal), config, clock, timers, random);
    this.#roster = new BayRoster(eventLog, readModel, bays, this, config.retryMs, timers, logger);
  }

  start(): void {
    this.#rounds.start();
    this.#roster.start();
  }

  async stop(): Promise<void> {
    await this.#roster.stop();
    await this.#rounds.stop();
  }

  /** For readiness. @throws while it is not known which bays there are. */
  check(): void {
    this.#roster.check();
  }

  resume(bayIds: readonly string[]): void {
    this.#rounds.resume(bayIds);
  }

  hurry(bayId: string): void {
    this.#rounds.hurry(bayId);
  }

  forget(bayId: string): void {
    this.#rounds.forget(bayId);
    this.#look.forget(bayId);
    this.#count();
  }

  distrust(bayId: string): void {
    this.#certificates.forget(bayId);
  }

  async #lookAt(bayId: string, signal: AbortSignal) {
    const sight = await this.#look.look(bayId, signal);
    if (sight === 'unwatched') this.#look.forget(bayId);
    this.#count();
    return sight;
  }

  #count(): void {
    this.#tally.rounds(this.#rounds.size, this.#rounds.latenessMs);
  }
}
