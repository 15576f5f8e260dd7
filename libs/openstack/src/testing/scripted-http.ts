import { HttpFailure } from '../http/http-call.port.ts';
import type { HttpCall, HttpRequest, HttpResponse } from '../http/http-call.port.ts';

/** What to answer: a status, a body that becomes JSON, headers in lower case; `fails` instead of an answer. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: HttpResponse['headers'];
  readonly fails?: string;
}

export interface ScriptedHttp {
  readonly call: HttpCall;
  /** Every request so far, in order. */
  readonly seen: readonly HttpRequest[];
}

/** The other side of a conversation, played by a function that is told how many requests there were, this one included. */
export function scriptedHttp(play: (request: HttpRequest, count: number) => ScriptedAnswer): ScriptedHttp {
  const seen: HttpRequest[] = [];
  return {
    seen,
    async call(request) {
      seen.push(request);
      const answer = play(request, seen.length);
      if (answer.fails !== undefined) throw new HttpFailure(answer.fails);
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
      return { status: answer.status ?? 200, headers: answer.headers ?? {}, body };
    },
  };
}
