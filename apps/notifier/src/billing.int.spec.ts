import { join } from 'node:path';
import type { JeroboamEvent } from '@jeroboam/domain';
import { defineConfig, loadConfig } from '@jeroboam/platform';
import { notifierFields } from './notifier.config.ts';
import type { NotifierConfig } from './notifier.config.ts';
import { RabbitMqSink } from './sinks/rabbitmq.sink.ts';
import { meansOf, ratedIn } from './testing/billing/bill.ts';
import type { Rated } from './testing/billing/bill.ts';
import { BillingStack, CEILOMETER_PACKAGE } from './testing/billing/billing-stack.ts';
import { Guide } from './testing/billing/guide.ts';
import { FeedFixture } from './testing/feed-fixture.ts';
import { bayEvents, bayIdOf, groupOf } from './testing/history.ts';
import { MemorySink } from './testing/memory-sink.ts';
import { eventually } from './testing/processes.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = join(ROOT, 'infra/docs/billing-cloudkitty.md');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Of a machine that is slow and busy; everything is waited for, nothing by the clock. */
const PATIENCE_MS = 240_000;

/** An hour long enough ago that CloudKitty rates it and the three after it at once: it waits for two periods. */
const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 7 * HOUR_MS;
const iso = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
const FROM = iso(startMs);
const UNTIL = iso(startMs + 4 * HOUR_MS);

/** A bay and what happens to it at which minute after the start. */
type Story = readonly (readonly [minute: number, step: (bay: ReturnType<typeof bayEvents>) => JeroboamEvent])[];

/** The price list that the page makes. */
const PRICES = { node: 0.05, bay: 0.1 };

describe('the page about billing with CloudKitty, as it is written', () => {
  let stack: BillingStack;
  let guide: Guide;
  let config: NotifierConfig;

  beforeAll(async () => {
    stack = await BillingStack.start();
    guide = Guide.read(PAGE, {
      'amqp://jeroboam:PASSWORD@controller:5672/': stack.rabbitMq.url, 'JEROBOAM/': `${ROOT}/`, '/etc/ceilometer': join(stack.folder, 'ceilometer'), '/etc/cloudkitty': join(stack.folder, 'cloudkitty'),
      'P/data': `${CEILOMETER_PACKAGE}/data`, PROJECT_ID: stack.projectId, '--project PROJECT ': '--project demo ',
      FROM, UNTIL, FIRST: iso(startMs + HOUR_MS), LAST: iso(startMs + HOUR_MS),
    });
    config = loadConfig(defineConfig(notifierFields), environmentOf(guide.block('JEROBOAM_RABBITMQ_URL=')));
    await stack.shell(guide.block('gnocchi archive-policy create'));
    const ceilometer = async () => {
      await stack.shell(guide.block('cat JEROBOAM/infra/ceilometer/event_definitions'));
      await stack.startCeilometer({ sections: guide.block('definitions_cfg_file ='), publishers: guide.block('- gnocchi://') });
    };
    const cloudKitty = async () => {
      await stack.shell(guide.block('/etc/cloudkitty/metrics.yml'));
      await stack.shell(guide.block('hashmap mapping create'));
    };
    await Promise.all([ceilometer(), cloudKitty()]);
    stack.cloudKitty.countAsRated(stack.projectId, new Date(startMs - HOUR_MS));
  }, 600_000);
  afterAll(() => stack?.stop(), 60_000);

  /** What bays were, from their first moment to their last; told of afterwards, all at once, as after an absence of the broker. */
  async function told(stories: Readonly<Record<string, Story>>): Promise<void> {
    const fixture = await FeedFixture.open(FROM);
    const memory = new MemorySink();
    const steps = Object.entries(stories).flatMap(([name, story]) => story.map(([minute, step]) => ({ minute, event: step(bayEvents(name, { projectId: stack.projectId })) })));
    for (const { minute, event } of steps.toSorted((one, other) => one.minute - other.minute)) {
      await fixture.clock.advance(startMs + minute * MINUTE_MS - fixture.clock.now().getTime());
      await fixture.happen(event);
    }
    // The audit period in which the last of them ended is over.
    await fixture.clock.advance(startMs + 4 * HOUR_MS - fixture.clock.now().getTime());
    const rabbitMq = new RabbitMqSink({ url: config.rabbitmqUrl!, exchange: config.rabbitmqExchange, durable: config.rabbitmqDurable, quorum: config.rabbitmqQuorum, declare: config.rabbitmqDeclare, logger: fixture.logger });
    fixture.notifier([rabbitMq, memory], { ...config, notifierStart: 'beginning' });
    try {
      for (const [name, story] of Object.entries(stories)) {
        let lacking = '';
        await eventually(async () => {
          await fixture.clock.advance(1_000);
          lacking = await lackingOf(name, story, memory);
          return lacking === '' ? true : undefined;
        }, { patienceMs: PATIENCE_MS, everyMs: 500, complaint: () => `Gnocchi has other measures of ${name} than were sent: ${lacking}\n${stack.lastWords}` });
      }
    } finally {
      await fixture.close();
    }
  }

  /** What Gnocchi does not have of a bay, or otherwise; the last that is sent of it are the hours that it was there in. */
  async function lackingOf(name: string, story: Story, sent: MemorySink): Promise<string> {
    const hours = Math.floor(story.at(-1)![0] / 60) - Math.floor(story[0]![0] / 60) + 1;
    const hoursThere = (await stack.measures('magnum_cluster', bayIdOf(name), 'magnum.cluster.node_seconds', 3_600)).size;
    if (hoursThere < hours) return `${hours - hoursThere} hours`;
    const worker = groupOf(name, 'default-worker', 0).nodeGroupId;
    return difference(await stack.measures('magnum_nodegroup', worker, 'magnum.nodegroup.nodes'), meansOf(sent, 'magnum.nodegroup.nodes', worker))
      + difference(await stack.measures('magnum_cluster', bayIdOf(name), 'magnum.cluster'), meansOf(sent, 'magnum.cluster', bayIdOf(name)));
  }

  /** What the page's own command says, once so many hours were rated. */
  async function billOf(hours: { readonly nodes: number; readonly bays: number }): Promise<ReadonlyMap<string, Rated>> {
    const sum = hours.nodes * PRICES.node + hours.bays * PRICES.bay;
    let last = 0;
    await eventually(async () => {
      last = await stack.ratedSoFar(FROM, UNTIL);
      return Math.abs(last - sum) < 1e-9 ? true : undefined;
    }, { patienceMs: PATIENCE_MS, everyMs: 500, complaint: () => `CloudKitty has rated ${last}, not ${sum}\n${stack.lastWords}` });
    return ratedIn(await stack.shell(guide.block('rating summary get')), stack.projectId);
  }

  // Made with two nodes and a master, resized to four, deleted. Nobody said what a master (m1.small) costs.
  const workday: Story = [
    [20, (bay) => bay.requested(1, 2)], [26, (bay) => bay.provisioned()], [92.5, (bay) => bay.resizeRequested(4, 2)], [97, (bay) => bay.resized(4)],
    [127, (bay) => bay.deletionRequested()], [132.5, (bay) => bay.deleted()],
  ];
  const workdayHours = { nodes: (72.5 * 2 + 40 * 4) / 60, bays: 112.5 / 60 };

  it('fills Gnocchi with every sample, in whatever order Ceilometer’s threads get there, and begins and ends resources when the bay did', async () => {
    await told({ workday });
    const moment = (minute: number) => new Date(startMs + minute * MINUTE_MS).toISOString().replace('.000Z', '+00:00');
    const [bay, worker] = await eventually(async () => {
      // Attributes come after the measures.
      const found = await Promise.all([stack.resource('magnum_cluster', bayIdOf('workday')), stack.resource('magnum_nodegroup', groupOf('workday', 'default-worker', 0).nodeGroupId)]);
      return found.every((one) => one?.['ended_at']) ? found : undefined;
    }, { patienceMs: PATIENCE_MS, complaint: () => `Gnocchi’s resources do not end\n${stack.lastWords}` });
    expect(bay).toMatchObject({ project_id: stack.projectId, display_name: 'workday', started_at: moment(20), ended_at: moment(132.5) });
    expect(worker).toMatchObject({ project_id: stack.projectId, flavor_id: 'm1.medium', cluster_id: bayIdOf('workday'), started_at: moment(20), ended_at: moment(132.5) });
    const seconds = await stack.measures('magnum_cluster', bayIdOf('workday'), 'magnum.cluster.node_seconds', 3_600);
    expect([...seconds.values()].reduce((sum, value) => sum + value, 0)).toBeCloseTo(workdayHours.nodes * 3_600, 3);
    expect(stack.complaints.filter((line) => line.includes(' ERROR '))).toEqual([]);
  }, 300_000);

  it('bills nodes and bay by the minute, to the cent', async () => {
    await stack.cloudKitty.restartProcessor('rate');
    const bill = await billOf(workdayHours);
    expect(bill.get('magnum.nodegroup.nodes')!.rate).toBeCloseTo((305 / 60) * 0.05, 9);
    expect(bill.get('magnum.cluster')).toEqual({ quantity: expect.closeTo(1.875, 9), rate: expect.closeTo(0.1875, 9) });
  }, 300_000);

  it('bills what came after its hours were rated, once the hours are rated again, and what came twice once', async () => {
    await told({
      workday, late: [[65, (bay) => bay.requested(1, 3)], [67, (bay) => bay.provisioned()], [108, (bay) => bay.deletionRequested()], [112.5, (bay) => bay.deleted()]],
    });
    await stack.shell(guide.block('task/reprocesses'));
    await stack.cloudKitty.restartProcessor('rate again');
    const bill = await billOf({ nodes: workdayHours.nodes + (47.5 * 3) / 60, bays: workdayHours.bays + 47.5 / 60 });
    expect(bill.get('magnum.nodegroup.nodes')!.rate).toBeCloseTo((305 / 60 + 142.5 / 60) * 0.05, 9);
  }, 600_000);
});

/** Five minutes of which Gnocchi says something else than it should, none for none. */
function difference(there: ReadonlyMap<number, number>, wanted: ReadonlyMap<number, number>): string {
  const moments = new Set([...there.keys(), ...wanted.keys()]);
  const others = [...moments].filter((at) => !(Math.abs((there.get(at) ?? Number.NaN) - (wanted.get(at) ?? Number.NaN)) < 1e-9));
  return others.map((at) => `${iso(at)} ${there.get(at)} for ${wanted.get(at)}; `).join('');
}

/** Variables as a shell reads them, without the remarks beside them. */
function environmentOf(block: string): Readonly<Record<string, string>> {
  return Object.fromEntries(block.split('\n').map((line) => /^(\w+)=(\S+)/.exec(line)!.slice(1, 3) as [string, string]));
}
