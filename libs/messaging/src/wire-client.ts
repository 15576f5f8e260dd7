import { decodeAnswer, encodeMessage, requireSize } from './envelope.ts';
import { MessagingUnavailable } from './errors.ts';
import { InFlight } from './in-flight.ts';
import type { MessageClient, MessageContract, SendOptions } from './message.ts';
import type { Wire } from './wire.ts';

/** The sender's side of a wire. */
export class WireMessageClient implements MessageClient {
  private readonly inFlight = new InFlight();
  private closed = false;

  constructor(
    private readonly wire: Wire,
    private readonly drainTimeoutMs: number,
  ) {}

  async send<Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request, options: SendOptions): Promise<Reply> {
    const { context, timeoutMs } = options;
    if (!(timeoutMs > 0)) throw new Error(`timeoutMs is ${timeoutMs}; every wait has a bound above zero`);
    if (this.closed) throw new MessagingUnavailable('this client is closed');
    const body = encodeMessage({ context, payload });
    requireSize(contract.pattern, 'message', body, this.wire.maxBytes());
    const answer = await this.inFlight.run(() => this.wire.request(contract.pattern, body, timeoutMs));
    return decodeAnswer(contract.pattern, answer) as Reply;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.inFlight.settled(this.drainTimeoutMs);
  }
}
