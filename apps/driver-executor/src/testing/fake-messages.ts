import type { MessageClient, MessageContract, SendOptions } from '@jeroboam/messaging';

export interface Sent {
  readonly pattern: string;
  readonly payload: Record<string, unknown>;
  readonly commandId: string;
}

type Answer = (payload: never, options: SendOptions) => unknown;

/** The other services, as far as a test says what they answer; everything that was sent is kept. */
export class FakeMessages implements MessageClient {
  readonly sent: Sent[] = [];
  readonly #answers = new Map<string, Answer>();

  /** @param answer what it returns or throws; without one, a message is answered with `{}`. */
  on<Request, Reply>({ pattern }: MessageContract<Request, Reply>, answer: (payload: Request, options: SendOptions) => Reply | Promise<Reply>): this {
    this.#answers.set(pattern, answer);
    return this;
  }

  /** What was sent of one kind. */
  of({ pattern }: { readonly pattern: string }): readonly Sent[] {
    return this.sent.filter((each) => each.pattern === pattern);
  }

  async send<Request, Reply>({ pattern }: MessageContract<Request, Reply>, payload: Request, options: SendOptions): Promise<Reply> {
    this.sent.push({ pattern, payload: payload as Record<string, unknown>, commandId: options.context.commandId });
    return ((await this.#answers.get(pattern)?.(payload as never, options)) ?? {}) as Reply;
  }

  async close(): Promise<void> {}
}
