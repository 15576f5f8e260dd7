import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IdempotencyKeyReused, derivedId, idempotencyDecider } from '@jeroboam/domain';
import type { EventContext, IdempotencyCommand, KeptAnswer } from '@jeroboam/domain';
import { Aggregates, type EventLog } from '@jeroboam/event-log';
import type { Clock, Logger } from '@jeroboam/platform';
import { actorOf, projectOf } from '../auth/caller.ts';
import { changesSomething } from '../openapi/describe.ts';
import { sendJsonText } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined for a request that looks, or came without an `Idempotency-Key`. */
    keyed: KeyedRequest | undefined;
  }
}

/** A request that says by which key it may be known again. */
export interface KeyedRequest {
  /** The command that comes of it, however often it is sent. */
  readonly commandId: string;
  /** What it was answered before, if it was. @throws {IdempotencyKeyReused} */
  readonly answered: () => Promise<KeptAnswer | undefined>;
  /** Binds the key to this request: from here on it may have an effect. @throws {IdempotencyKeyReused} */
  readonly take: () => Promise<void>;
  readonly keep: (answer: KeptAnswer) => Promise<void>;
}

/** Keys held in memory at most; what was forgotten is read from the log again. */
const REMEMBERED = 1_000;
/** Longer answers are not kept: such a request is carried out once all the same, and answered from what is there then. */
const MAX_ANSWER_CHARS = 16_384;
const KEPT_HEADERS = ['content-type', 'location', 'operation-id'] as const;

/**
 * Remembers in the log which request a key stands for, by a digest, and what that was answered. Each user of each
 * project has keys of his own. A key is bound when its request has passed all checks here and becomes a command, so
 * what is refused for itself may be mended under the same key.
 */
export class IdempotencyKeys {
  readonly #keys;

  constructor({ log, clock }: { readonly log: EventLog; readonly clock: Clock }) {
    this.#keys = new Aggregates({ log, decider: idempotencyDecider, category: 'idempotency', now: () => clock.now(), cacheSize: REMEMBERED });
  }

  /** @throws {BadRequest} for an unusable `Idempotency-Key`. */
  of(request: FastifyRequest): KeyedRequest | undefined {
    const key = request.headers['idempotency-key'];
    if (key === undefined || !takesKey(request)) return undefined;
    const { caller } = request.wire;
    // Whoever came without a user (a node by its bootstrap token) would share keys with all others like that.
    if (caller.userId === '') return undefined;
    if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
      throw new BadRequest('Idempotency-Key must have 1 to 255 printable ASCII characters.');
    }
    const commandId = derivedId('idempotency', projectOf(caller), caller.userId, key);
    const fingerprint = fingerprintOf(request);
    const contextFor = (...what: string[]): EventContext => (
      { actor: actorOf(caller), requestId: request.id, commandId: derivedId(commandId, ...what), correlationId: commandId, causationId: null }
    );
    const execute = async (command: Omit<IdempotencyCommand, 'metadata'>, context: EventContext): Promise<void> => {
      await this.#keys.execute(commandId, command, context);
    };
    return {
      commandId,
      answered: async () => {
        const { state } = await this.#keys.load(commandId);
        if (state.phase !== 'free' && state.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
        return state.phase === 'answered' ? state.answer : undefined;
      },
      take: () => execute({ type: 'TakeIdempotencyKey', data: { fingerprint } }, contextFor('take', fingerprint)),
      keep: (answer) => execute({ type: 'KeepAnswer', data: { answer } }, contextFor('keep')),
    };
  }
}

/** The same request, byte by byte; a path is one with and without `/v1` and a slash at its end. */
function fingerprintOf({ method, url, body }: FastifyRequest): string {
  const [path = '', query = ''] = url.split('?', 2);
  const plain = path.replace(/\/+$/, '').replace(/^\/v1(?=\/)/, '');
  const digest = createHash('sha256').update(JSON.stringify([method, plain, query]));
  if (body instanceof Uint8Array) digest.update(body);
  return digest.digest('hex');
}

/** Paths and verbs that there are not, and those that refuse whatever they are sent, have no use for keys. */
function takesKey({ method, is404, routeOptions: { config: { operation } } }: FastifyRequest): boolean {
  return !is404 && operation !== undefined && changesSomething(method, operation);
}

/**
 * Answers a request that was accepted before under the same key as it was then, and refuses another one under that key.
 * Comes after who asks is known and before anything else is looked at.
 */
export function answerRepeats(instance: FastifyInstance, keys: IdempotencyKeys, logger: Logger): void {
  instance.decorateRequest('keyed', undefined);
  instance.addHook('preHandler', (request, reply, done) => {
    // Most requests have none, and wait for nothing.
    if (request.headers['idempotency-key'] === undefined) return done();
    void beginWithKey(request, reply, keys).then((answered) => answered || done(), done);
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    const { keyed } = request;
    if (keyed === undefined || reply.statusCode >= 300) return done(null, payload);
    void keep(keyed, answerOf(reply, payload), logger, request.id).then(() => done(null, payload));
  });
}

/** @returns whether it has been answered. */
async function beginWithKey(request: FastifyRequest, reply: FastifyReply, keys: IdempotencyKeys): Promise<boolean> {
  const keyed = keys.of(request);
  const answer = await keyed?.answered();
  if (answer) sendAgain(reply, answer);
  else request.keyed = keyed;
  return answer !== undefined;
}

function sendAgain(reply: FastifyReply, { status, headers, body }: KeptAnswer): void {
  reply.headers(headers);
  if (body === '') void reply.code(status).send();
  else sendJsonText(reply, status, body);
}

function answerOf(reply: FastifyReply, payload: unknown): KeptAnswer | undefined {
  const body = payload ?? '';
  if (typeof body !== 'string' || body.length > MAX_ANSWER_CHARS) return undefined;
  const headers = KEPT_HEADERS.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : []));
  return { status: reply.statusCode, headers: Object.fromEntries(headers) as Record<string, string>, body };
}

/** What was accepted stays accepted: an answer that cannot be kept is given all the same. */
async function keep(keyed: KeyedRequest, answer: KeptAnswer | undefined, logger: Logger, requestId: string): Promise<void> {
  try {
    // A request that changed nothing has not taken its key yet.
    await keyed.take();
    if (answer) await keyed.keep(answer);
  } catch (error) {
    logger.warn('an answer could not be kept under its Idempotency-Key', { requestId, error });
  }
}
