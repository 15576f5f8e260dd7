import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connect } from '@nats-io/transport-node';
import { Handles, defineMessage, openMessaging } from '@jeroboam/messaging';
import type { Message, Messaging } from '@jeroboam/messaging';
import { aContext } from '@jeroboam/messaging/testing';
import { startNatsServer } from '@jeroboam/platform/testing';
import { median } from './bench.ts';
import type { BenchRow } from './bench.ts';

// Request and reply through Nest and our envelope, against the bus alone: over NATS the client's own request and
// respond, in process what any bus there must do, namely two JSON round trips and a turn of the event loop.

const ROUNDS = 7;
const MESSAGES = 3_000;
const PAYLOAD = { bayId: '0f3d7a3c-0a51-4f6e-b9a5-5f3d7a3c0a51', nodeCount: 5, nodesToRemove: ['default-worker-3'], note: 'x'.repeat(300) };
type Payload = typeof PAYLOAD;

const resize = defineMessage<Payload, Payload>('bench.resize');

@Controller()
class BenchController {
  @Handles(resize)
  async resize({ payload }: Message<Payload>): Promise<Payload> {
    return payload;
  }
}

@Module({ controllers: [BenchController] })
class BenchModule {}

type Send = () => Promise<unknown>;
interface Side {
  readonly send: Send;
  close(): Promise<unknown>;
}

export async function run(): Promise<BenchRow[]> {
  const server = await startNatsServer();
  const nats = { profile: 'nats', servers: [server.url], queueGroup: 'bench' } as const;
  const inProcess = openMessaging({ profile: 'in-process' });
  const pairs = [
    { name: 'in process', ours: await overMessaging(inProcess, inProcess), floor: jsonAlone(), target: '> 30,000' },
    {
      name: 'over NATS',
      ours: await overMessaging(openMessaging(nats), openMessaging(nats)),
      floor: await natsAlone(server.url),
      target: 'ratio >= 0.8',
    },
  ];
  try {
    const rows: BenchRow[] = [];
    for (const pair of pairs) for (const atOnce of [1, 16, 64]) rows.push(await measure(pair, atOnce));
    return rows;
  } finally {
    for (const { ours, floor } of pairs) await Promise.all([ours.close(), floor.close()]);
    await server.stop();
  }
}

async function measure(
  { name, ours, floor, target }: { name: string; ours: Side; floor: Side; target: string },
  atOnce: number,
): Promise<BenchRow> {
  const measured: { ours: number; floor: number }[] = [];
  // Side by side, so that a machine that slows down slows both. The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1)
    measured.push({ ours: await perSecond(ours.send, atOnce), floor: await perSecond(floor.send, atOnce) });
  const kept = measured.slice(1);
  return {
    name: `request and reply ${name}, ${atOnce} at once`,
    value: median(kept.map((pair) => pair.ours)),
    unit: 'messages/s',
    floor: median(kept.map((pair) => pair.floor)),
    ratio: median(kept.map((pair) => pair.ours / pair.floor)),
    target,
  };
}

async function perSecond(send: Send, atOnce: number): Promise<number> {
  let left = MESSAGES;
  const begunAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await send();
    }),
  );
  return MESSAGES / ((performance.now() - begunAt) / 1_000);
}

async function overMessaging(handlers: Messaging, senders: Messaging): Promise<Side> {
  const app = await NestFactory.createMicroservice(BenchModule, { strategy: handlers.strategy(), logger: false });
  await app.listen();
  const context = aContext();
  return {
    send: () => senders.client.send(resize, PAYLOAD, { context, timeoutMs: 10_000 }),
    close: async () => {
      await senders.close();
      await handlers.close();
    },
  };
}

/** Both ends as plain as the client allows, the same bytes in the body. */
async function natsAlone(url: string): Promise<Side> {
  const [handler, sender] = await Promise.all([connect({ servers: url }), connect({ servers: url, noAsyncTraces: true })]);
  handler.subscribe('bench.floor', { queue: 'bench', callback: (_error, message) => void message.respond(JSON.stringify(message.json())) });
  await handler.flush();
  const context = aContext();
  return {
    send: async () => (await sender.request('bench.floor', JSON.stringify({ context, payload: PAYLOAD }), { timeout: 10_000 })).json(),
    close: () => Promise.all([handler.close(), sender.close()]),
  };
}

function jsonAlone(): Side {
  const context = aContext();
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    async send() {
      const request = JSON.stringify({ context, payload: PAYLOAD });
      await turn();
      const { payload } = JSON.parse(request) as Message<Payload>;
      return JSON.parse(JSON.stringify({ reply: payload })) as unknown;
    },
    close: () => Promise.resolve(),
  };
}
