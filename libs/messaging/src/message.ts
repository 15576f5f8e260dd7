import type { Actor } from '@jeroboam/domain';

/**
 * A kind of message with one answer. `pattern` is its subject on NATS and its name in process, e.g. `scheduler.create-bay`.
 * The type parameters exist only for the compiler: request and reply are plain JSON.
 */
export interface MessageContract<Request, Reply> {
  readonly pattern: string;
  /** Never present at run time. */
  readonly types?: { readonly request: Request; readonly reply: Reply };
}

export function defineMessage<Request, Reply>(pattern: string): MessageContract<Request, Reply> {
  return { pattern };
}

/** Who asks, and on whose behalf; travels beside every payload and ends in the envelope of the events that follow. */
export interface MessageContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** Repeating a command with the same id does not repeat its effect. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** What a handler gets. */
export interface Message<Request> {
  readonly payload: Request;
  readonly context: MessageContext;
}

export interface SendOptions {
  readonly context: MessageContext;
  /** Gives up waiting after this many milliseconds; the outcome is then unknown. */
  readonly timeoutMs: number;
}

/**
 * Sends a message to exactly one of the handlers of its kind and waits for the answer. Whether it goes over NATS or
 * stays in the process is invisible: both make the payload a JSON round trip.
 */
export interface MessageClient {
  /**
   * @throws the handler's refusal, rebuilt with its `code`, `kind`, message and details.
   * @throws {MessageTimeout} no answer in time: the outcome is unknown.
   * @throws {NoHandler} nobody handles this kind of message now: certainly not done.
   * @throws {MessagingUnavailable} the bus cannot be reached: certainly not sent.
   */
  send<Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request, options: SendOptions): Promise<Reply>;
  /** Lets go of the connection after answers under way, or after a bounded wait. */
  close(): Promise<void>;
}
