import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import type { Accepted, MessageClient, MessageContract } from '@jeroboam/messaging';
import { PROJECTIONS, type ReadModel } from '@jeroboam/read-model';
import type { ApiConfig } from '../api-dependencies.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import type { Deprecation } from '../deprecation/deprecations.ts';
import { deprecationsOf } from '../deprecation/used-deprecations.ts';

/** Accepted and durable, but not yet to be seen: an answer now could be followed by a stale one. */
export class NotYetReadable extends DomainError {
  readonly code = 'NOT_YET_READABLE';
  readonly kind = 'unavailable';
  constructor(operationId: string | null) {
    super(
      'The request was accepted, but its effect cannot be read yet; do not repeat it, look again in a moment.',
      { operationId, retryAfterSeconds: 1 },
    );
  }
}

/** One request that changes something: on whose behalf, and under which ids. */
export interface Acting {
  readonly caller: Caller;
  readonly requestId: string;
  /** Derived from the request's `Idempotency-Key` where it has one: the same request again is the same command. */
  readonly commandId: string;
  /** Binds that key to this request; whoever carries out commands calls it first. @throws {IdempotencyKeyReused} */
  readonly takeKey?: (() => Promise<void>) | undefined;
  /** Where to put what the request turns out to use of what is deprecated: its answer will say so. */
  readonly deprecations?: Deprecation[];
}

export function actingOn(request: FastifyRequest): Acting {
  const { keyed, wire: { caller } } = request;
  return {
    caller, requestId: request.id, commandId: keyed?.commandId ?? randomUUID(), takeKey: keyed?.take, deprecations: deprecationsOf(request),
  };
}

/** Sends what requests ask for to the services that decide, and waits until the outcome can be read everywhere. */
export class Commands {
  constructor(
    private readonly messages: MessageClient,
    private readonly readModel: ReadModel,
    private readonly config: Pick<ApiConfig, 'commandTimeoutMs' | 'readAfterWriteTimeoutMs'>,
  ) {}

  /** For messages that answer with a value. @throws the handler's refusal, or that nobody could be asked. */
  async ask<Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request, acting: Acting): Promise<Reply> {
    const { caller, requestId, commandId } = acting;
    await acting.takeKey?.();
    const context = { actor: actorOf(caller), requestId, commandId, correlationId: commandId, causationId: null };
    return this.messages.send(contract, payload, { context, timeoutMs: this.config.commandTimeoutMs });
  }

  /** For commands that change a bay: both it and the operation can be read by the end. @throws as `carryOut` */
  changeBay<Request>(contract: MessageContract<Request, Accepted>, payload: Request, acting: Acting): Promise<Accepted> {
    return this.carryOut(contract, payload, acting, [PROJECTIONS.bays, PROJECTIONS.operations]);
  }

  /**
   * @param projections that clients may look at next; the read model is shared, so all replicas answer from it.
   * @throws as `ask`; {NotYetReadable}
   */
  async carryOut<Request>(
    contract: MessageContract<Request, Accepted>, payload: Request, acting: Acting, projections: readonly string[],
  ): Promise<Accepted> {
    const accepted = await this.ask(contract, payload, acting);
    const { position, operationId } = accepted;
    if (position === null) return accepted;
    const waits = projections.map((projection) => this.readModel.reached(projection, position, this.config.readAfterWriteTimeoutMs));
    if ((await Promise.all(waits)).includes(false)) throw new NotYetReadable(operationId);
    return accepted;
  }
}

/** Tells where the operation that goes on can be watched. */
export function announce(reply: FastifyReply, { operationId }: Accepted): void {
  if (operationId !== null) reply.headers({ 'operation-id': operationId, location: `/v1/operations/${operationId}` });
}
