import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { openSqliteReadModel, type ReadModel } from '@jeroboam/read-model';
import type { ApiConfig, ApiDependencies } from '../api-dependencies.ts';
import { createApiApp } from '../create-api-app.ts';
import type { RegisteredRoute } from '../openapi/registered-routes.ts';
import { ApiContract } from './api-contract.ts';
import { FakeCloud } from './fake-cloud.ts';
import { FakeKeystone } from './fake-keystone.ts';
import { FakeServices } from './fake-services.ts';
import { EXTENSION, OTHER, manifest } from './manifests.ts';

export interface Call {
  /** Name of one of `FakeKeystone`'s people. @default member */
  readonly as?: string;
  /** Version header, whole. @default container-infra latest */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Address of the client. @default 127.0.0.1 */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly text: string;
  /** The body read as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
  readonly body: any;
}

/** The API over injected HTTP, with everything behind it played. */
export class ApiHarness {
  readonly keystone = new FakeKeystone();
  readonly cloud = new FakeCloud();
  readonly logger = recordingLogger();
  readonly clock = new FakeClock();
  readonly log = new InMemoryEventLog(undefined, () => this.clock.now());
  readonly services: FakeServices;
  private app: NestFastifyApplication | undefined;
  private dependencies: ApiDependencies | undefined;
  private contract: ApiContract | undefined;

  private constructor(readonly readModel: ReadModel) {
    this.services = new FakeServices(this.log, readModel, () => this.clock.now());
  }

  /** @param options.dependencies in place of those that the harness has. */
  static async open(
    config: Partial<ApiConfig> = {}, options: { readonly withoutKeystone?: true; readonly dependencies?: Partial<ApiDependencies> } = {},
  ): Promise<ApiHarness> {
    const harness = new ApiHarness(await openSqliteReadModel({ path: ':memory:' }));
    const { clock, log, readModel } = harness;
    harness.dependencies = {
      messages: harness.services, readModel, log, clock, timers: clock, logger: harness.logger,
      keystone: options.withoutKeystone ? 'none' : harness.keystone, lookups: harness.cloud,
      drivers: new DriverRegistry([manifest({ extension: EXTENSION }), OTHER]),
      config: { readAfterWriteTimeoutMs: 20, wwwAuthenticateUri: 'http://keystone.test/v3', ...config },
      ...options.dependencies,
    };
    harness.app = await createApiApp(harness.dependencies);
    await harness.services.project();
    await harness.app.init();
    harness.contract = ApiContract.of((await harness.app.inject('/v1/openapi.json')).payload);
    return harness;
  }

  /** Another process on the same log and read model; the caller closes it. */
  async replica(): Promise<NestFastifyApplication> {
    const app = await createApiApp(this.dependencies!);
    await app.init();
    return app;
  }

  get routes(): readonly RegisteredRoute[] {
    return this.app!.getHttpAdapter().getInstance().registeredRoutes;
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.readModel.close();
  }

  /** Every answer is held against the OpenAPI document. */
  async call(request: string, { as = 'member', version = 'container-infra latest', headers = {}, body, from }: Call = {}): Promise<Answer> {
    const [method, url] = request.split(' ', 2) as ['GET', string];
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.app!.inject({
      method, url,
      headers: {
        ...(as === 'nobody' ? {} : { 'x-auth-token': as }),
        ...(version === '' ? {} : { 'openstack-api-version': version }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
      ...(from === undefined ? {} : { remoteAddress: from }),
    });
    this.contract!.requireDescribed(method, url, { status: response.statusCode, headers: response.headers, text: response.payload });
    const isJson = String(response.headers['content-type']).includes('json') && response.payload !== '';
    return { status: response.statusCode, headers: response.headers, text: response.payload, body: isJson ? response.json() : undefined };
  }

  /** Makes a bay model; its id. */
  async givenBayModel(fields: object = {}, as = 'member'): Promise<string> {
    const { status, body } = await this.call('POST /v1/clustertemplates', { as, body: { ...TEMPLATE, ...fields } });
    if (status !== 201) throw new Error(`no bay model: ${JSON.stringify(body)}`);
    return body.uuid;
  }

  /** Makes a bay of one master and two workers that has been provisioned; its id. */
  async givenCompleteBay(bayModelId: string, fields: object = {}, as = 'member'): Promise<string> {
    const uuid = await this.givenBay(bayModelId, { node_count: 2, ...fields }, as);
    const { operationId } = (await this.readModel.get<{ id: string; operationId: string }>('bays', uuid))!;
    const joined = ['default-master-0', 'default-worker-0', 'default-worker-1'].map((name, index) => (
      { name, nodeGroup: name.slice(0, -2), address: `10.0.0.${index + 4}` }));
    await this.services.tell(uuid, { type: 'ObserveBay', data: { operationId, joined, removed: [] } });
    await this.services.tell(uuid, { type: 'CompleteOperation', data: { operationId, outputs: { apiAddress: 'tcp://10.0.0.4:2376', stackId: 'stack-1' } } });
    return uuid;
  }

  /** Makes a bay; its id. */
  async givenBay(bayModelId: string, fields: object = {}, as = 'member'): Promise<string> {
    const { status, body } = await this.call('POST /v1/clusters', { as, body: { name: 'c1', cluster_template_id: bayModelId, ...fields } });
    if (status !== 202) throw new Error(`no bay: ${JSON.stringify(body)}`);
    return body.uuid;
  }
}

/** A bay model that can be made. */
export const TEMPLATE = {
  name: 'swarm', coe: 'swarm-mode', image_id: 'fedora-coreos-38', external_network_id: 'public', keypair_id: 'testkey',
  flavor_id: 'm1.small', master_flavor_id: 'm1.small', docker_volume_size: 5, labels: { tier: 'test' },
};

/** The one error of a body in Magnum's shape, without what varies. */
export function errorOf({ body }: Answer): Record<'code' | 'title' | 'detail', string> & { readonly status: number } {
  const { status, code, title, detail } = body.errors[0];
  return { status, code, title, detail };
}
