import type { Logger } from '@jeroboam/platform';
import { withLogContext } from '@jeroboam/platform';
import { recordingLogger } from '@jeroboam/platform/testing';
import { MAX_MESSAGE_BYTES } from '../envelope.ts';
import type { Messaging } from '../messaging.ts';
import { aContext } from './a-context.ts';
import {
  crash,
  dependOnNobody,
  echo,
  forward,
  hold,
  nobody,
  produce,
  refuse,
  reflect,
  remember,
  startInstance,
  which,
} from './contract-service.ts';

/** A bus for one run of the suite. */
export interface MessagingBus {
  /** Joins it as one more instance of the same service. */
  join(options: { logger?: Logger; drainTimeoutMs?: number }): Messaging;
  close(): Promise<void>;
}

const inTime = () => ({ context: aContext(), timeoutMs: 10_000 });

/** What every bus must do; which of them carries a message is invisible to senders and handlers. */
export function messagingContract(adapter: string, openBus: () => Promise<MessagingBus>): void {
  describe(`${adapter} keeps the messaging contract`, () => {
    let bus: MessagingBus;
    const joined: Messaging[] = [];
    const join = (options: Parameters<MessagingBus['join']>[0] = {}): Messaging => {
      const messaging = bus.join(options);
      joined.push(messaging);
      return messaging;
    };
    const serve = (name = 'first', options = {}) => startInstance(name, join(options));

    beforeAll(async () => {
      bus = await openBus();
    });
    afterEach(async () => {
      await Promise.all(joined.splice(0).map((messaging) => messaging.close()));
    });
    afterAll(() => bus.close());

    describe('payloads', () => {
      it.each([
        ['texts of any script', 'Jéroboam 双 \u0000 "quoted"'],
        ['numbers', 1.5],
        ['null', null],
        ['lists and objects', [{ a: [1, { b: null }] }, {}]],
      ])('carries %s unchanged there and back', async (_name, value) => {
        await serve();
        expect(await join().client.send(echo, value, inTime())).toEqual(value);
      });

      it('carries what JSON carries and no more: undefined fields vanish, dates become texts', async () => {
        await serve();
        const reply = await join().client.send(echo, { at: new Date('2026-01-31T12:00:00Z'), gone: undefined, kept: 1 }, inTime());
        expect(reply).toStrictEqual({ at: '2026-01-31T12:00:00.000Z', kept: 1 });
      });

      it('carries nothing as nothing', async () => {
        await serve();
        expect(await join().client.send(echo, undefined, inTime())).toBeUndefined();
      });

      it('carries copies: neither side sees what the other does to its object', async () => {
        const { instance } = await serve();
        const sent = { list: [1] };
        const reply = await join().client.send(remember, sent, inTime());
        reply.list.push(100);
        expect([sent.list, instance.seen[0]?.list, reply.list]).toEqual([[1], [1, 99], [1, 99, 100]]);
      });

      it('carries the context to the handler and into its log, and nothing else of the sender', async () => {
        await serve();
        const context = aContext({ causationId: 'event-7' });
        const { requestId, correlationId, commandId } = context;
        const client = join().client;
        const reply = await withLogContext({ senderOnly: true }, () => client.send(reflect, null, { context, timeoutMs: 10_000 }));
        expect(reply).toEqual({ context, logFields: { requestId, correlationId, commandId } });
      });

      it('carries 900 kB there and back', async () => {
        await serve();
        const text = 'é'.repeat(450_000);
        expect(await join().client.send(echo, text, inTime())).toBe(text);
      });

      it('carries a thousand messages at once, each to its own answer', async () => {
        await serve();
        const { client } = join();
        const ids = Array.from({ length: 1_000 }, (_, id) => id);
        expect(await Promise.all(ids.map((id) => client.send(echo, { id }, inTime())))).toEqual(ids.map((id) => ({ id })));
      });

      it('carries messages that handlers send while they handle one', async () => {
        await serve();
        expect(await join().client.send(forward, { text: 'on' }, inTime())).toEqual({ text: 'on' });
      });
    });

    describe('what it does not do', () => {
      it('refuses a message larger than it carries, naming both sizes, without sending it', async () => {
        await serve();
        await expect(join().client.send(echo, 'x'.repeat(MAX_MESSAGE_BYTES), inTime())).rejects.toMatchObject({
          code: 'MESSAGE_TOO_LARGE',
          kind: 'invalid',
          details: { pattern: 'contract.echo', what: 'message', maxBytes: MAX_MESSAGE_BYTES },
        });
      });

      it('refuses an answer larger than it carries, and tells the log of the handler', async () => {
        const logger = recordingLogger();
        await serve('first', { logger });
        await expect(join().client.send(produce, { bytes: MAX_MESSAGE_BYTES }, inTime())).rejects.toMatchObject({
          code: 'MESSAGE_TOO_LARGE',
          details: { pattern: 'contract.produce', what: 'answer' },
        });
        expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'error', pattern: 'contract.produce' }));
      });

      it('refuses a message that nobody handles, at once', async () => {
        await serve();
        await expect(join().client.send(nobody, null, { ...inTime(), timeoutMs: 3_600_000 })).rejects.toMatchObject({
          code: 'NO_HANDLER',
          kind: 'unavailable',
          details: { pattern: 'contract.nobody' },
        });
      });

      it('refuses a message whose last handler has left', async () => {
        const { app } = await serve();
        await app.close();
        await expect(join().client.send(echo, 1, { ...inTime(), timeoutMs: 3_600_000 })).rejects.toMatchObject({ code: 'NO_HANDLER' });
      });

      it('refuses to wait longer than it was told, saying for what and how long', async () => {
        const { instance } = await serve();
        const { client } = join();
        await expect(client.send(hold, null, { ...inTime(), timeoutMs: 20 })).rejects.toMatchObject({
          code: 'MESSAGE_TIMEOUT',
          kind: 'unavailable',
          message: 'No answer to contract.hold within 20 ms; its outcome is unknown',
          details: { pattern: 'contract.hold', timeoutMs: 20 },
        });
        // The late answer finds nobody, and harms nobody.
        instance.release.resolve();
        expect(await client.send(echo, 'still well', inTime())).toBe('still well');
      });

      it('refuses to wait without a bound', async () => {
        await expect(join().client.send(echo, 1, { ...inTime(), timeoutMs: 0 })).rejects.toThrow('every wait has a bound');
      });

      it('refuses to send after it was closed', async () => {
        await serve();
        const messaging = join();
        await messaging.close();
        await expect(messaging.client.send(echo, 1, inTime())).rejects.toMatchObject({
          code: 'MESSAGING_UNAVAILABLE',
          kind: 'unavailable',
        });
        expect(() => messaging.check()).toThrow('unavailable');
      });
    });

    describe('errors', () => {
      it('brings back a refusal with its code, kind, message and details', async () => {
        const logger = recordingLogger();
        await serve('first', { logger });
        const refusal: unknown = await join()
          .client.send(refuse, { size: 9 }, inTime())
          .catch((error: unknown) => error);
        expect(refusal).toMatchObject({
          code: 'TOO_MANY_NODES',
          kind: 'conflict',
          message: '9 nodes are too many',
          details: { size: 9, limits: [1, 5], at: '2026-01-31T12:00:00.000Z' },
        });
        // A refusal is an answer, not an accident.
        expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
      });

      it('brings back that a handler could not reach another, never as the promise that nothing was done', async () => {
        await serve();
        await expect(join().client.send(dependOnNobody, null, inTime())).rejects.toMatchObject({
          code: 'HANDLER_UNAVAILABLE',
          kind: 'unavailable',
          message: 'The handler of contract.depend-on-nobody cannot reach what it needs. Nobody handles contract.nobody at present',
          details: { pattern: 'contract.depend-on-nobody', because: 'NO_HANDLER', causeDetails: { pattern: 'contract.nobody' } },
        });
      });

      it('brings back of a bug only that there was one, and leaves the rest in the log of the handler', async () => {
        const logger = recordingLogger();
        await serve('first', { logger });
        const context = aContext();
        const error = await join()
          .client.send(crash, null, { context, timeoutMs: 10_000 })
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'INTERNAL', message: 'The handler of contract.crash failed; its log says why' });
        expect(error).not.toHaveProperty('kind');
        expect((error as Error).stack).not.toContain('hunter2');
        expect(logger.lines).toContainEqual(
          expect.objectContaining({
            level: 'error',
            message: 'message handler failed',
            pattern: 'contract.crash',
            requestId: context.requestId,
            error: expect.objectContaining({ type: 'TypeError', stack: expect.stringContaining('contract-service') }),
          }),
        );
      });
    });

    describe('with several instances', () => {
      it('gives each message to exactly one of them, and work to all', async () => {
        const instances = await Promise.all(['first', 'second'].map((name) => serve(name)));
        const { client } = join();
        const ids = Array.from({ length: 200 }, (_, id) => id);
        const names = await Promise.all(ids.map((id) => client.send(which, { id }, inTime())));
        expect(new Set(names)).toEqual(new Set(['first', 'second']));
        expect(instances.flatMap(({ instance }) => instance.handled).sort((a, b) => a - b)).toEqual(ids);
      });

      it('lets a slow message hold up no other', async () => {
        const { instance } = await serve();
        const { client } = join();
        const slow = client.send(hold, null, inTime());
        await instance.holding.promise;
        expect(await client.send(echo, 'quick', inTime())).toBe('quick');
        instance.release.resolve();
        expect(await slow).toBe('first');
      });

      it('loses no message while one of them leaves', async () => {
        const [leaving] = await Promise.all(['first', 'second'].map((name) => serve(name)));
        const { client } = join();
        const ids = Array.from({ length: 500 }, (_, id) => id);
        const answers = ids.map(async (id) => {
          // In waves, so that the departure falls between them.
          for (let wave = 0; wave < id / 100; wave += 1) await client.send(echo, wave, inTime());
          if (id === 250) await leaving!.app.close();
          return client.send(which, { id }, inTime());
        });
        expect(await Promise.all(answers)).toHaveLength(ids.length);
      });
    });

    describe('when it closes', () => {
      it('finishes and answers the message under way, takes no other, and ends as soon as that is done', async () => {
        const messaging = join({ drainTimeoutMs: 3_600_000 });
        const { instance } = await startInstance('first', messaging);
        const { client } = join();
        const underWay = client.send(hold, null, inTime());
        await instance.holding.promise;
        const closing = messaging.close();
        await gone(() => client.send(echo, 1, inTime()));
        instance.release.resolve();
        expect(await underWay).toBe('first');
        await closing;
      });

      it('waits for the answer to a message of its own', async () => {
        const { instance } = await serve();
        const messaging = join({ drainTimeoutMs: 3_600_000 });
        const underWay = messaging.client.send(hold, null, inTime());
        await instance.holding.promise;
        const closing = messaging.close();
        instance.release.resolve();
        expect(await underWay).toBe('first');
        await closing;
      });

      it('does not wait for ever for a handler that does not end', async () => {
        const logger = recordingLogger();
        const messaging = join({ drainTimeoutMs: 20, logger });
        const { instance } = await startInstance('first', messaging);
        const outcome = join()
          .client.send(hold, null, { ...inTime(), timeoutMs: 60 })
          .catch((error: unknown) => error);
        await instance.holding.promise;
        await messaging.close();
        expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'handlers cut off by shutdown', count: 1 }));
        expect(await outcome).toMatchObject({ code: 'MESSAGE_TIMEOUT' });
      });

      it('may be closed again', async () => {
        const messaging = join();
        await messaging.close();
        await messaging.close();
      });
    });
  });
}

/** Resolves when what was sent finds no handler any more. */
async function gone(send: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const code = await send().then(
      () => 'answered',
      (error: unknown) => (error as { code?: string }).code,
    );
    if (code === 'NO_HANDLER') return;
    if (code !== 'answered') throw new Error(`expected NO_HANDLER, got ${code}`);
  }
}
