import type { HttpCall } from '../http/http-call.port.ts';
import { openHttpPool } from '../http/http-pool.ts';

/** Real exchanges that are counted, to show what a cache saves. */
export interface CountingHttp {
  readonly call: HttpCall;
  /** `GET <path>` of every exchange so far, in order. */
  readonly seen: readonly string[];
  /** `x-auth-token` of the last exchange that had one. */
  readonly lastToken: string | undefined;
  close(): void;
}

export function openCountingHttp(): CountingHttp {
  const pool = openHttpPool();
  const seen: string[] = [];
  let lastToken: string | undefined;
  return {
    call(request) {
      seen.push(`${request.method} ${new URL(request.url).pathname}`);
      lastToken = request.headers['x-auth-token'] ?? lastToken;
      return pool.call(request);
    },
    seen,
    get lastToken() {
      return lastToken;
    },
    close: () => pool.close(),
  };
}
