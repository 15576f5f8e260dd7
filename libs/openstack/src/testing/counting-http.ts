import type { HttpCall } from '../http/http-call.port.ts';
import { openHttpPool } from '../http/http-pool.ts';

/** Real exchanges that are counted, to show what a cache saves. */
export interface CountingHttp {
  readonly call: HttpCall;
  /** `GET <path>` of every exchange so far, in order. */
  readonly seen: readonly string[];
  close(): void;
}

export function openCountingHttp(): CountingHttp {
  const pool = openHttpPool();
  const seen: string[] = [];
  return {
    call(request) {
      seen.push(`${request.method} ${new URL(request.url).pathname}`);
      return pool.call(request);
    },
    seen,
    close: () => pool.close(),
  };
}
