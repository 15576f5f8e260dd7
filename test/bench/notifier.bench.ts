import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { derivedId } from '@jeroboam/domain';
import type { JeroboamEvent, NewEvent } from '@jeroboam/domain';
import { openSqliteEventLog } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { DEFAULT_CONFIG, Notifier, RabbitMqServer, bayEvents, streamOf } from '@jeroboam/notifier/testing';
import { Metrics, Secret, silentLogger, systemClock, systemTimers } from '@jeroboam/platform';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { BenchRow } from './bench.ts';

// Events to a real RabbitMQ: what is waiting (a broker was away), then what happens meanwhile. The floor is amqplib by
// itself, sending messages of the same size under confirms.

const WAITING_BAYS = 1_500;
const EVENTS_PER_SECOND = 500;
const LIVE_MS = 8_000;
const QUEUE = 'bench';

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const broker = await RabbitMqServer.start();
  const eventLog = await openSqliteEventLog({ path: join(folder, 'log.db') });
  const cursors = await openSqliteReadModel({ path: join(folder, 'cursors.db') });
  const connection = await connect(broker.url);
  const inbox = await listen(connection);
  const notifier = new Notifier({
    eventLog, cursors, clock: systemClock, timers: systemTimers, logger: silentLogger, metrics: new Metrics(),
    config: { ...DEFAULT_CONFIG, rabbitmqUrl: new Secret(broker.url), notificationsExists: false },
  });
  try {
    for (let bay = 0; bay < WAITING_BAYS; bay += 1) await append(eventLog, story(`waiting-${bay}`));
    const start = performance.now();
    notifier.start();
    const caughtUp = await inbox.silence();
    const rate = (caughtUp.count * 1_000) / (caughtUp.lastMs - start);
    const floor = await bareRate(connection, inbox.sample(), 8_000);
    inbox.reset();
    await live(eventLog);
    await inbox.silence();
    const delays = inbox.delays.toSorted((one, other) => one - other);
    return [
      { name: 'notifications that waited', value: rate, unit: 'notifications/s', floor, ratio: rate / floor, target: '>= 5000' },
      { name: `from event to RabbitMQ at ${EVENTS_PER_SECOND} events/s, p50`, value: delays[delays.length >> 1]!, unit: 'ms' },
      { name: `from event to RabbitMQ at ${EVENTS_PER_SECOND} events/s, p99`, value: delays[Math.floor(delays.length * 0.99)]!, unit: 'ms', target: '< 100' },
    ];
  } finally {
    await notifier.stop();
    await connection.close();
    await broker.stop();
    await eventLog.close();
    await cursors.close();
    rmSync(folder, { recursive: true });
  }
}

/** A bay that is made and resized: each of the four events becomes several notifications. */
function story(name: string): readonly JeroboamEvent[] {
  const bay = bayEvents(name);
  return [bay.requested(), bay.provisioned(), bay.resizeRequested(4), bay.resized(4)];
}

let written = 0;

async function append(log: EventLog, events: readonly JeroboamEvent[]): Promise<void> {
  const occurredAt = systemClock.now().toISOString();
  const newEvents = events.map((event): NewEvent => {
    const id = derivedId('bench', (written += 1));
    return { ...event, eventId: id, occurredAt, actor: { userId: 'u1', projectId: 'p1', roles: ['member'] }, requestId: 'req-bench', commandId: id, correlationId: id, causationId: null };
  });
  await log.append(streamOf(events[0]!), newEvents, 'any');
}

/** One event at a time, at an even pace. */
async function live(log: EventLog): Promise<void> {
  const start = performance.now();
  const events = (EVENTS_PER_SECOND * LIVE_MS) / 1_000;
  let open: readonly JeroboamEvent[] = [];
  const appends: Promise<void>[] = [];
  for (let sent = 0; sent < events; sent += 1) {
    if (open.length === 0) open = story(`live-${sent}`);
    const due = start + (sent * 1_000) / EVENTS_PER_SECOND;
    if (due > performance.now()) await new Promise((resolve) => { setTimeout(resolve, due - performance.now()); });
    appends.push(append(log, open.slice(0, 1)));
    open = open.slice(1);
    // Events of one bay in their order.
    if (open.length > 0) await appends.at(-1);
  }
  await Promise.all(appends);
}

/** Everything that comes out of the exchange, with how long each took since its event. */
async function listen(connection: ChannelModel) {
  const channel = await connection.createChannel();
  await channel.assertExchange('magnum', 'topic', { durable: false });
  await channel.assertQueue(QUEUE, { durable: false });
  await channel.bindQueue(QUEUE, 'magnum', '#');
  const seen = { count: 0, lastMs: performance.now(), text: '', delays: [] as number[] };
  await channel.consume(QUEUE, (message) => {
    if (!message) return;
    seen.count += 1;
    seen.lastMs = performance.now();
    seen.text = message.content.toString('utf8');
    const at = /\\"timestamp\\":\s*\\"(\d{4}-\d\d-\d\d) ([\d:.]+)\\"/.exec(seen.text);
    if (at) seen.delays.push(Date.now() - Date.parse(`${at[1]}T${at[2]!.slice(0, 12)}Z`));
  }, { noAck: true });
  return {
    get delays() { return seen.delays; },
    sample: () => seen.text,
    reset: () => { Object.assign(seen, { count: 0, delays: [] }); },
    /** Resolves when nothing has come for a while. */
    async silence() {
      do await new Promise((resolve) => { setTimeout(resolve, 500); });
      while (seen.count === 0 || performance.now() - seen.lastMs < 1_500);
      return { count: seen.count, lastMs: seen.lastMs };
    },
  };
}

/** Messages a second that amqplib sends and RabbitMQ confirms, nothing else done. */
async function bareRate(connection: ChannelModel, text: string, messages: number): Promise<number> {
  const channel = await connection.createConfirmChannel();
  const content = Buffer.from(text);
  const start = performance.now();
  for (let sent = 0; sent < messages; sent += 200) {
    for (let each = 0; each < 200; each += 1) channel.publish('magnum', 'notifications.info', content, { contentType: 'application/json', mandatory: true });
    await channel.waitForConfirms();
  }
  const rate = (messages * 1_000) / (performance.now() - start);
  await channel.close();
  return rate;
}
