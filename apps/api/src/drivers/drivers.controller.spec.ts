import { DriverRegistry, manifestDigest, templateBundle, templatesOf } from '@jeroboam/driver-sdk';
import type { DriverOnHost, MessageClient, MessageContract } from '@jeroboam/messaging';
import { manifest } from '../testing/manifests.ts';
import { EventsApp } from '../events/testing/events-app.ts';

const onHost: DriverOnHost = {
  name: 'swarm_test', version: '1.2.0', available: false,
  missing: [{ what: 'dockerd', reason: 'It runs the nodes.', package: 'docker.io' }],
};

/** Executors that answer what they are told to, and count how often they are asked. */
class FakeExecutors implements MessageClient {
  asked = 0;
  answer: readonly DriverOnHost[] | Error = [onHost];

  async send<Request, Reply>(contract: MessageContract<Request, Reply>): Promise<Reply> {
    expect(contract.pattern).toBe('driver-executor.list-drivers');
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return { drivers: this.answer } as Reply;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

let app: EventsApp;
let executors: FakeExecutors;
beforeEach(async () => {
  executors = new FakeExecutors();
  app = await EventsApp.open({ messages: executors });
});
afterEach(() => app.close());

describe('GET /v1/drivers', () => {
  it('shows what each driver is, what it can do, and what it lacks here', async () => {
    const [driver] = await app.json('/v1/drivers');
    expect(driver).toEqual({
      name: 'swarm_test', version: '1.2.0', description: 'makes nothing', state: 'active',
      provides: [{ server_type: 'vm', os: 'fedora-coreos', coe: 'swarm-mode' }],
      template_versions: ['1.2.0', '1.10.0'].map((version) => ({ version, digest: null, default_labels: {}, reversible_to: null })),
      capabilities: {
        operations: manifest().capabilities.operations,
        network_drivers: ['docker'], volume_drivers: ['rexray'], storage_drivers: ['overlay2', 'devicemapper'], plugins: [], labels_schema: {},
        server_types: ['vm'], runtime_classes: [], master_counts: [1, 3], max_nodes: 10, limitations: [],
      },
      digest: manifestDigest(manifest()),
      available: false,
      missing: [{ what: 'dockerd', reason: 'It runs the nodes.', package: 'docker.io' }],
    });
  });

  it('shows what each template holds by its digest', async () => {
    const definition = { version: '1.0.0', files: { 'bay.yaml': 'x' }, parameters: {}, outputs: {}, defaultLabels: { kube_tag: 'v1.30' } };
    const next = { ...definition, version: '1.1.0', reversibleTo: '1.0.0' };
    const drivers = new DriverRegistry([manifest(templatesOf(definition, next))]);
    const templated = await EventsApp.open({ messages: executors, drivers });
    expect((await templated.json('/v1/drivers'))[0].template_versions).toEqual([
      { version: '1.0.0', digest: templateBundle(definition).digest, default_labels: { kube_tag: 'v1.30' }, reversible_to: null },
      { version: '1.1.0', digest: templateBundle(next).digest, default_labels: { kube_tag: 'v1.30' }, reversible_to: '1.0.0' },
    ]);
    await templated.close();
  });

  it('says when a driver goes', async () => {
    const deprecation = { since: '2026-01-01', sunset: '2026-07-01' };
    const drivers = new DriverRegistry([manifest({ state: 'deprecated', deprecation })]);
    const going = await EventsApp.open({ messages: executors, drivers });
    expect((await going.json('/v1/drivers'))[0]).toMatchObject({ state: 'deprecated', sunset: '2026-07-01' });
    await going.close();
  });

  it('says of a driver that executors do not have that it is not loaded', async () => {
    executors.answer = [];
    expect((await app.json('/v1/drivers'))[0]).toMatchObject({ available: false, missing: [{ what: 'driver', package: null }] });
  });

  it('says that it does not know when no executor answers', async () => {
    executors.answer = new Error('nobody there');
    expect((await app.json('/v1/drivers'))[0]).toMatchObject({ available: null, missing: [] });
  });

  it('asks the executors once in two seconds', async () => {
    await app.json('/v1/drivers');
    await app.json('/v1/drivers');
    expect(executors.asked).toBe(1);
    executors.answer = [{ ...onHost, available: true, missing: [] }];
    await app.clock.advance(2_000);
    expect((await app.json('/v1/drivers'))[0]).toMatchObject({ available: true, missing: [] });
    expect(executors.asked).toBe(2);
  });

  it.each([['', 401], ['no-role', 403], ['reader', 200], ['member-only', 200]])('answers the token "%s" with %i', async (token, status) => {
    expect((await app.get('/v1/drivers', token)).status).toBe(status);
  });
});

describe('GET /v1/drivers/{name}/{version}', () => {
  it('shows one driver', async () => {
    expect(await app.json('/v1/drivers/swarm_test/1.2.0')).toMatchObject({ name: 'swarm_test', version: '1.2.0', available: false });
  });

  it('does not know one that is not loaded', async () => {
    const response = await app.get('/v1/drivers/swarm_test/9.9.9');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ detail: 'Driver swarm_test 9.9.9 could not be found.' }] });
  });
});
