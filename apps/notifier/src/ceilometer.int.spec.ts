import { Secret } from '@jeroboam/platform';
import { RabbitMqSink } from './sinks/rabbitmq.sink.ts';
import { CeilometerAgent } from './testing/ceilometer-agent.ts';
import type { CeilometerEvent, CeilometerSample } from './testing/ceilometer-agent.ts';
import { everyStory } from './testing/every-story.ts';
import { FeedFixture } from './testing/feed-fixture.ts';
import { OWNER } from './testing/history.ts';
import { MemorySink, samplesIn } from './testing/memory-sink.ts';
import { eventually } from './testing/processes.ts';
import { RabbitMqServer } from './testing/rabbitmq-server.ts';
import { happenAtRandom } from './testing/random-history.ts';

/** Short ones, so that some of them end while the clock need not go far. */
const PERIODS = { notifierAuditPeriodSeconds: 300, notifierSampleIntervalSeconds: 60 };

/** What must arrive: the same feed into memory. */
function expectedOf(sink: MemorySink): { readonly events: ReadonlySet<string>; readonly samples: ReadonlySet<string> } {
  const { received } = sink;
  return {
    events: new Set(received.filter(({ priority }) => priority !== 'SAMPLE').map(({ message_id: id }) => id)),
    samples: new Set(received.filter(({ payload }) => 'samples' in payload).flatMap(({ payload }) => samplesIn(payload)).map(({ message_id: id }) => String(id))),
  };
}

/** Ready-made samples keep the id that we gave them; those that Ceilometer makes of definitions have none of ours. */
const READY_MADE = /^magnum\.(cluster(\.(nodes|masters|health))?|nodegroup\.nodes)$/;

describe('a real Ceilometer', () => {
  let rabbitMq: RabbitMqServer;
  let agent: CeilometerAgent;
  let fixture: FeedFixture;
  const memory = new MemorySink();

  beforeAll(async () => {
    rabbitMq = await RabbitMqServer.start();
    agent = await CeilometerAgent.open(rabbitMq);
    await agent.start('stock');
    fixture = await FeedFixture.open();
    const sink = new RabbitMqSink({ url: new Secret(rabbitMq.url), exchange: 'magnum', durable: true, quorum: false, declare: 'active', logger: fixture.logger });
    fixture.notifier([sink, memory], PERIODS);
  }, 120_000);
  afterAll(async () => {
    await fixture.close();
    await agent.stop();
    await rabbitMq.stop();
  }, 60_000);

  /** Resolves when both sinks are at the end of the log; the clock goes on for those that wait before they try again. */
  const sent = () => eventually(async () => {
    await fixture.clock.advance(10);
    const head = await fixture.log.head();
    const cursors = await Promise.all(['rabbitmq', 'memory'].map((sink) => fixture.readModel.checkpoint(`notifier-${sink}`)));
    return cursors.every((cursor) => cursor === head) ? true : undefined;
  }, { patienceMs: 60_000, everyMs: 20, complaint: () => `the sinks never got to the end of the log:\n${JSON.stringify(fixture.logger.lines.slice(-5))}` });

  /** Resolves when Ceilometer has made an event or a sample of everything; what came twice counts once. */
  async function arrived(): Promise<{ readonly events: ReadonlyMap<string, CeilometerEvent>; readonly samples: ReadonlyMap<string, CeilometerSample> }> {
    const expected = expectedOf(memory);
    const by = <T extends { readonly id: string }>(items: readonly T[]) => new Map(items.toReversed().map((item) => [item.id, item]));
    const missing = () => ({ events: [...expected.events].filter((id) => !by(agent.events).has(id)), samples: [...expected.samples].filter((id) => !by(agent.samples).has(id)) });
    await eventually(() => (Object.values(missing()).every((ids) => ids.length === 0) ? true : undefined), {
      patienceMs: 60_000, everyMs: 200, complaint: () => `Ceilometer lacks ${JSON.stringify(missing()).slice(0, 500)}\n${agent.complaints.slice(0, 5).join('\n')}`,
    });
    const events = by(agent.events);
    expect(new Set(events.keys())).toEqual(expected.events);
    expect(new Set(agent.samples.filter(({ name }) => READY_MADE.test(name)).map(({ id }) => id))).toEqual(expected.samples);
    return { events, samples: by(agent.samples) };
  }

  it('makes events and samples of every kind of notification, with project, user and resource, as it is packaged', async () => {
    for (const event of everyStory()) {
      await fixture.clock.advance(1_000);
      await fixture.happen(event);
    }
    await fixture.clock.advance(300_000);
    await fixture.happen(...everyStory().slice(3, 4));
    await sent();
    const { events, samples } = await arrived();
    expect(new Set([...events.values()].map(({ type }) => type))).toEqual(new Set(memory.messages.filter(({ priority }) => priority !== 'sample').map(({ eventType }) => eventType)));
    for (const { type, traits } of events.values()) {
      expect(traits).toMatchObject({ project_id: OWNER.projectId, user_id: OWNER.userId, tenant_id: OWNER.projectId });
      if (type.startsWith('magnum.cluster.')) expect(traits).toMatchObject({ target_id: expect.any(String), action: expect.any(String), outcome: expect.any(String) });
    }
    for (const sample of samples.values()) expect(sample).toMatchObject({ project_id: OWNER.projectId, user_id: OWNER.userId, resource_id: expect.any(String), volume: expect.any(Number) });
    expect(agent.complaints).toEqual([]);
  }, 90_000);

  it('misses nothing when it is killed in the middle, and sees resource, state and seconds with our definitions', async () => {
    const before = agent.events.length;
    await happenAtRandom(fixture.log, fixture.clock, { seed: 3, events: 150, bays: 5, stepMs: 5_000 });
    await eventually(() => (agent.events.length > before + 50 ? true : undefined));
    await agent.kill();
    const atKill = agent.events.length;
    await agent.start('ours');
    await sent();
    const { events } = await arrived();
    const later = agent.events.slice(atKill);
    expect(later.length).toBeGreaterThan(50);
    for (const { traits } of later) expect(traits).toMatchObject({ project_id: OWNER.projectId, user_id: OWNER.userId, resource_id: expect.any(String), sequence: expect.any(Number) });
    const exists = later.filter(({ type }) => type === 'magnum.cluster.exists');
    expect(exists.length).toBeGreaterThan(0);
    for (const { traits } of exists) expect(traits).toMatchObject({ audit_period_beginning: expect.any(String), audit_period_ending: expect.any(String), node_seconds: expect.any(Number), state: expect.any(String) });
    await eventually(() => (agent.samples.some(({ name }) => name === 'magnum.nodegroup.node_seconds') ? true : undefined));
    expect(new Set(agent.samples.map(({ name }) => name).filter((name) => !READY_MADE.test(name)))).toEqual(
      new Set(['magnum.cluster.exists', 'magnum.cluster.node_seconds', 'magnum.cluster.master_seconds', 'magnum.nodegroup.node_seconds', 'magnum.cluster.create.duration']));
    expect(events.size).toBeGreaterThan(300);
    expect(agent.complaints).toEqual([]);
  }, 90_000);

  it('misses nothing of a time in which the broker was away, and sees each bay’s story in order', async () => {
    const from = agent.events.length;
    await happenAtRandom(fixture.log, fixture.clock, { seed: 4, events: 50, bays: 5, stepMs: 1_000 });
    await rabbitMq.end('SIGKILL');
    const head = await fixture.log.head();
    await happenAtRandom(fixture.log, fixture.clock, { seed: 5, events: 200, bays: 5, stepMs: 1_000 });
    await eventually(async () => {
      await fixture.clock.advance(10);
      return fixture.logger.lines.find(({ message }) => message.includes('they wait in the log')) && ((await fixture.readModel.checkpoint('notifier-memory')) ?? '') > head! ? true : undefined;
    });
    await rabbitMq.launch();
    await sent();
    await arrived();
    expect(fixture.logger.lines.map(({ message }) => message)).toContain('a sink takes notifications again');
    const told = new Set<string>();
    const last = new Map<unknown, number>();
    for (const { id, type, traits } of agent.events.slice(from)) {
      if (told.has(id) || !/^magnum\.cluster\..*\.(start|end)$/.test(type)) continue;
      told.add(id);
      expect(Number(traits['sequence'])).toBeGreaterThanOrEqual(last.get(traits['resource_id']) ?? -1);
      last.set(traits['resource_id'], Number(traits['sequence']));
    }
    expect(last.size).toBeGreaterThan(5);
  }, 120_000);
});
