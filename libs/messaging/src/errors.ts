import { DomainError, type ErrorKind, type ErrorShape } from '@jeroboam/domain';

/** No answer came in time. Whether the message was handled is unknown: send it again with the same command id. */
export class MessageTimeout extends DomainError {
  readonly code = 'MESSAGE_TIMEOUT';
  readonly kind = 'unavailable';
  constructor(pattern: string, timeoutMs: number, options?: ErrorOptions) {
    super(`No answer to ${pattern} within ${timeoutMs} ms; its outcome is unknown`, { pattern, timeoutMs }, options);
  }
}

/** Nobody handles this kind of message now. It was certainly not handled. */
export class NoHandler extends DomainError {
  readonly code = 'NO_HANDLER';
  readonly kind = 'unavailable';
  constructor(pattern: string) {
    super(`Nobody handles ${pattern} at present`, { pattern });
  }
}

/**
 * The handler had to ask another service and could not. What it had done by then is unknown here, whereas `NoHandler`
 * and `MessagingUnavailable` promise that nothing was: passed on as they are, they would promise too much.
 */
export class HandlerUnavailable extends DomainError {
  readonly code = 'HANDLER_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(pattern: string, cause: Error & ErrorShape) {
    super(
      `The handler of ${pattern} cannot reach what it needs. ${cause.message}`,
      { pattern, because: cause.code, causeDetails: cause.details },
      { cause },
    );
  }
}

/** The bus cannot be reached. The message was certainly not sent. */
export class MessagingUnavailable extends DomainError {
  readonly code = 'MESSAGING_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The message bus is unavailable: ${reason}`, {}, options);
  }
}

/** A message or its answer has more bytes than the bus carries. It was not sent. */
export class MessageTooLarge extends DomainError {
  readonly code = 'MESSAGE_TOO_LARGE';
  readonly kind = 'invalid';
  constructor(pattern: string, what: 'message' | 'answer', bytes: number, maxBytes: number) {
    super(`The ${what} of ${pattern} has ${bytes} bytes; at most ${maxBytes} are carried`, { pattern, what, bytes, maxBytes });
  }
}

/** What arrived is not a message of ours: someone else writes to this subject. */
export class MessageMalformed extends DomainError {
  readonly code = 'MESSAGE_MALFORMED';
  readonly kind = 'invalid';
  constructor(pattern: string, problem: string, options?: ErrorOptions) {
    super(`The message to ${pattern} cannot be read: ${problem}`, { pattern, problem }, options);
  }
}

/** A handler's refusal, on the sender's side again. */
export class RemoteRefusal extends DomainError {
  readonly code: string;
  readonly kind: ErrorKind;
  constructor({ code, kind, message, details }: ErrorShape) {
    super(message, details);
    this.code = code;
    this.kind = kind;
  }
}

/**
 * The handler failed in a way nobody planned. Not a refusal but a bug over there, which is where its message and stack
 * are logged; nothing of them travels.
 */
export class HandlerFailed extends Error {
  readonly code = 'INTERNAL';
  constructor(readonly pattern: string) {
    super(`The handler of ${pattern} failed; its log says why`);
    this.name = 'HandlerFailed';
  }
}
