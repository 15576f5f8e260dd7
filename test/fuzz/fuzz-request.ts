/** Who asks: a user, nobody at all, or somebody with a token that is none. */
export type Asker = 'demo' | 'demo2' | 'reader' | 'admin' | 'nobody' | 'stranger';

/** A request that was made up; ids in it are stand-ins. */
export interface FuzzRequest {
  readonly as: Asker;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or bytes that are none; absent: no body. */
  readonly body?: string | Uint8Array;
}
