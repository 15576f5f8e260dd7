import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DomainEvent, NewEvent, Position } from '@jeroboam/domain';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { InMemoryEventLog, anEvent } from '@jeroboam/event-log/testing';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { openSqliteReadModel, type ReadModel } from '@jeroboam/read-model';
import { nestLogger } from '@jeroboam/platform';
import type { ApiDependencies } from '../../api-dependencies.ts';
import { apiFastifyAdapter } from '../../api-fastify-adapter.ts';
import { ApiModule } from '../../api.module.ts';
import { DriversController } from '../../drivers/drivers.controller.ts';
import { FakeCloud } from '../../testing/fake-cloud.ts';
import { FakeKeystone } from '../../testing/fake-keystone.ts';
import { FakeServices } from '../../testing/fake-services.ts';
import { OTHER, manifest } from '../../testing/manifests.ts';
import { BayOperationsController } from '../bay-operations.controller.ts';
import { EventsController } from '../events.controller.ts';

const OWN = [EventsController, BayOperationsController, DriversController];

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** The API over real HTTP on a log in memory that a test writes to. Close it. */
export class EventsApp {
  readonly clock = new FakeClock();
  readonly log = new InMemoryEventLog(undefined, () => this.clock.now());
  #services!: FakeServices;
  #app!: NestFastifyApplication;
  url = '';

  private constructor(readonly readModel: ReadModel) {}

  static async open(changes: Partial<ApiDependencies> = {}): Promise<EventsApp> {
    const it = new EventsApp(await openSqliteReadModel({ path: ':memory:' }));
    const { clock, log, readModel } = it;
    const logger = recordingLogger();
    it.#services = new FakeServices(log, readModel, () => clock.now());
    const drivers = new DriverRegistry([manifest(), OTHER]);
    const module = ApiModule.with({
      messages: it.#services, readModel, log, clock, logger, drivers, keystone: new FakeKeystone(), lookups: new FakeCloud(), ...changes,
    });
    const controllers = [...new Set([...(module.controllers ?? []), ...OWN])];
    const options = { bodyParser: false, abortOnError: false, logger: nestLogger(logger) };
    it.#app = await NestFactory.create<NestFastifyApplication>({ ...module, controllers }, apiFastifyAdapter(), options);
    await it.#services.project();
    await it.#app.listen(0, '127.0.0.1');
    it.url = await it.#app.getUrl();
    return it;
  }

  /** Writes events; all of them can be read when it resolves. @returns the position of the last one. */
  async append(stream: string, events: readonly DomainEvent[], envelope: Partial<NewEvent> = {}): Promise<Position> {
    const { position } = await this.log.append(stream, events.map((event) => anEvent({ ...event, ...envelope })), 'any');
    await this.#services.project();
    return position;
  }

  get(path: string, token = 'member', headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: { ...(token === '' ? {} : { 'x-auth-token': token }), ...headers } });
  }

  /** The body of an answer, as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
  async json(path: string, token?: string): Promise<any> {
    return (await this.get(path, token)).json();
  }

  /** Status of a refusal, with the one error in its body. */
  async refusal(path: string, token?: string, headers?: Record<string, string>): Promise<Refusal> {
    const response = await this.get(path, token, headers);
    const { errors } = (await response.json()) as { readonly errors: readonly Omit<Refusal, 'status'>[] };
    return { ...errors[0]!, status: response.status };
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.readModel.close();
    await this.log.close();
  }
}
