/** Turns the body of a message into the body of its answer; never rejects. */
export type Respond = (subject: string, body: string) => Promise<string>;

/** Subjects being served. */
export interface Served {
  /** Takes no more messages; resolves when those already on their way here have been given to `respond`. */
  stop(): Promise<void>;
  /** Resolves when the answers given so far have left this process. */
  flush(): Promise<void>;
}

/** What carries bodies from a sender to one handler and back. Inside this lib only: everyone else sees `Messaging`. */
export interface Wire {
  /**
   * @throws {NoHandler} at once, when nobody serves `subject`.
   * @throws {MessageTimeout} after `timeoutMs` milliseconds.
   * @throws {MessagingUnavailable} when the body certainly did not leave.
   */
  request(subject: string, body: string, timeoutMs: number): Promise<string>;
  /** Serves `subjects`, sharing them with whoever else does. Resolves when messages arrive; rejects when `signal` speaks first. */
  serve(subjects: readonly string[], respond: Respond, signal: AbortSignal): Promise<Served>;
  /** How many bytes it carries at most. */
  maxBytes(): number;
  /** @throws {MessagingUnavailable} when nothing can be sent now. */
  check(): void;
  close(): Promise<void>;
}
