import { isDomainError } from '@jeroboam/domain';
import { withLogContext, type Logger } from '@jeroboam/platform';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { decodeMessage, encodeFailure, encodeReply } from './envelope.ts';
import { HandlerUnavailable, MessageTooLarge } from './errors.ts';
import { InFlight } from './in-flight.ts';
import type { Message } from './message.ts';
import type { Served, Wire } from './wire.ts';

export interface MessageServerOptions {
  readonly wire: Wire;
  readonly logger: Logger;
  readonly drainTimeoutMs: number;
}

/** What a handler's own sending can end in. */
const OF_SENDING = new Set(['NO_HANDLER', 'MESSAGING_UNAVAILABLE', 'MESSAGE_TIMEOUT']);

/** The side of Nest: gives messages from a wire to the methods marked with `@Handles` and sends back what they return or throw. */
export class MessageServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('jeroboam-messaging');
  private readonly inFlight = new InFlight();
  private readonly closing = new AbortController();
  private served: Served | undefined;

  constructor(private readonly options: MessageServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const patterns = [...this.messageHandlers].filter(([, handler]) => !handler.isEventHandler).map(([pattern]) => pattern);
    this.options.wire
      .serve(patterns, (pattern, body) => this.inFlight.run(() => this.answer(pattern, body)), this.closing.signal)
      .then(
        (served) => {
          this.served = served;
          callback();
        },
        (error: unknown) => callback(error),
      );
  }

  /** Takes no more messages, waits for the handlers under way and for their answers to leave; bounded. Harmless when repeated. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the service is closing'));
    const served = this.served;
    this.served = undefined;
    if (!served) return;
    await served.stop();
    const left = await this.inFlight.settled(this.options.drainTimeoutMs);
    if (left > 0) this.options.logger.warn('handlers cut off by shutdown', { count: left, drainTimeoutMs: this.options.drainTimeoutMs });
    await served.flush();
  }

  on(): never {
    throw new Error('this transport tells of its state through Messaging.check()');
  }

  unwrap(): never {
    throw new Error('this transport keeps its connection to itself');
  }

  private async answer(pattern: string, body: string): Promise<string> {
    const maxBytes = this.options.wire.maxBytes();
    let context: Message<unknown>['context'] | undefined;
    try {
      const message = decodeMessage(pattern, body);
      ({ context } = message);
      const { requestId, correlationId, commandId } = context;
      const reply = await withLogContext({ requestId, correlationId, commandId }, () => this.handle(pattern, message));
      return encodeReply(pattern, reply, maxBytes);
    } catch (error) {
      if (!isDomainError(error) || error instanceof MessageTooLarge) {
        const { requestId, correlationId, commandId } = context ?? {};
        this.options.logger.error('message handler failed', { pattern, requestId, correlationId, commandId, error });
      }
      return encodeFailure(isDomainError(error) && OF_SENDING.has(error.code) ? new HandlerUnavailable(pattern, error) : error, maxBytes);
    }
  }

  private async handle(pattern: string, message: Message<unknown>): Promise<unknown> {
    const handler: MessageHandler | undefined = this.messageHandlers.get(pattern);
    if (!handler) throw new Error(`no handler is registered for ${pattern}`);
    const result: unknown = await handler(message);
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  }
}
