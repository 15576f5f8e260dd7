import { REDACTED, delay, systemTimers } from '@jeroboam/platform';
import type { Timers } from '@jeroboam/platform';
import { CloudConflict, CloudForbidden, CloudRequestInvalid, CloudServiceUnavailable, CloudThingNotFound } from '../errors.ts';
import type { CloudService } from '../errors.ts';
import type { HttpResponse } from '../http/http-call.port.ts';
import { parseJson, recordOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudRequest, CloudSession } from './cloud-session.port.ts';

/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** The first try included. @default 5 */
  readonly attempts?: number;
  /** Upper end of the first pause; it doubles with each further one. The pause is random from 0 up to that end. @default 500 */
  readonly baseDelayMs?: number;
  /** No pause is longer, whatever a service asks for in `Retry-After`. @default 10000 */
  readonly maxDelayMs?: number;
}

export interface Pacing extends RetryPolicy {
  /** @default those of this process */
  readonly timers?: Timers;
  /** From 0 to less than 1. @default Math.random */
  readonly random?: () => number;
}

export interface Action extends Omit<CloudRequest, 'service'> {
  /** What it is for, to go on "cannot …": `delete stack bay-1`. */
  readonly action: string;
  /**
   * Whether doing it twice does what doing it once does. Then it is also tried again when nobody knows whether it was
   * done: no answer, 500, 502, 504. Otherwise only after 429 and 503, which say that it was not.
   */
  readonly repeatable: boolean;
  /** Whether a 409 may pass by itself. @default false */
  readonly conflictPasses?: boolean;
  /** Taken out of the service's answer, which may repeat what was sent, before it becomes part of an error. */
  readonly hidden?: readonly string[];
  /** Ends the waiting between tries. */
  readonly signal?: AbortSignal | undefined;
}

const NOT_DONE: ReadonlySet<number> = new Set([429, 503]);
const MAYBE_DONE: ReadonlySet<number> = new Set([500, 502, 504]);

/** Talks to one service: bounded retries with jitter, and every answer that is no success translated into a refusal. */
export class CloudClient {
  /** The most tries of anything. */
  readonly attempts: number;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;

  constructor(
    readonly session: CloudSession,
    private readonly service: CloudService,
    private readonly pacing: Pacing,
  ) {
    this.attempts = pacing.attempts ?? 5;
    this.#baseDelayMs = pacing.baseDelayMs ?? 500;
    this.#maxDelayMs = pacing.maxDelayMs ?? 10_000;
  }

  /**
   * The answer, a success or a redirection.
   * @throws {CloudRequestInvalid} @throws {CloudForbidden} @throws {CloudConflict} @throws {CloudThingNotFound}
   * @throws {CloudServiceUnavailable} after all tries.
   */
  async send(action: Action): Promise<HttpResponse> {
    return this.accepted(action, await this.answer(action));
  }

  /** The answer itself when it is a success or a redirection. @throws as `send` does */
  accepted(action: Action, response: HttpResponse): HttpResponse {
    if (response.status < 400) return response;
    throw this.#refusal(action, response);
  }

  /** As `send`, for what may be gone: `undefined` instead of {@link CloudThingNotFound}. */
  async sendToPossiblyGone(action: Action): Promise<HttpResponse | undefined> {
    const response = await this.answer(action);
    return response.status === 404 ? undefined : this.accepted(action, response);
  }

  /** As `send`; the JSON object answered. */
  async json(action: Action): Promise<JsonRecord> {
    return this.jsonOf(await this.send(action));
  }

  jsonOf(response: HttpResponse): JsonRecord {
    const body = recordOf(parseJson(response.body));
    if (!body) throw new CloudServiceUnavailable(this.service, 'it answered with something that is no JSON object');
    return body;
  }

  /** The last answer of all tries, whatever its status. */
  async answer(action: Action): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#once(action);
      if (attempt >= this.attempts || !passes(action, outcome)) {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      }
      await this.pause(attempt, action.signal, outcome);
    }
  }

  /** Waits as long as between the tries `attempt` and the next; `outcome` may ask for longer. */
  async pause(attempt: number, signal?: AbortSignal, outcome?: HttpResponse | CloudServiceUnavailable): Promise<void> {
    await delay(this.pacing.timers ?? systemTimers, this.#pauseMs(attempt, outcome), signal);
  }

  async #once({ method, path, body, headers, timeoutMs, signal }: Action): Promise<HttpResponse | CloudServiceUnavailable> {
    signal?.throwIfAborted();
    try {
      return await this.session.request({
        service: this.service, method, path,
        ...(body !== undefined && { body }), ...(headers && { headers }), ...(timeoutMs !== undefined && { timeoutMs }),
      });
    } catch (error) {
      if (error instanceof CloudServiceUnavailable) return error;
      throw error;
    }
  }

  #pauseMs(attempt: number, outcome?: HttpResponse | CloudServiceUnavailable): number {
    const upTo = Math.min(this.#maxDelayMs, this.#baseDelayMs * 2 ** (attempt - 1));
    const jittered = (this.pacing.random ?? Math.random)() * upTo;
    const asked = outcome === undefined || outcome instanceof Error ? Number.NaN : Number(outcome.headers['retry-after']) * 1_000;
    // What is asked for comes on top: all who were refused at once were told the same.
    return Number.isFinite(asked) && asked > 0 ? Math.min(asked, this.#maxDelayMs) + jittered : jittered;
  }

  #refusal({ action, hidden = [] }: Action, response: HttpResponse): Error {
    const shown = hidden.filter((value) => value !== '').reduce((text, value) => text.replaceAll(value, REDACTED), answerOf(response));
    const answer = shown.slice(0, MAX_ANSWER_LENGTH);
    switch (response.status) {
      case 400: case 405: case 413: case 415: case 422: return new CloudRequestInvalid(this.service, action, answer);
      case 401: case 403: return new CloudForbidden(this.service, action, answer);
      case 404: case 410: return new CloudThingNotFound(this.service, action, answer);
      case 409: return new CloudConflict(this.service, action, answer);
      default: return new CloudServiceUnavailable(this.service, `it answered with status ${response.status}: ${answer}`);
    }
  }
}

function passes(action: Action, outcome: HttpResponse | CloudServiceUnavailable): boolean {
  if (outcome instanceof Error) return action.repeatable;
  return NOT_DONE.has(outcome.status)
    || (action.repeatable && MAYBE_DONE.has(outcome.status))
    || (action.conflictPasses === true && outcome.status === 409);
}

const MAX_ANSWER_LENGTH = 2_000;

/** What the service says for people: `error.message` of Heat and Keystone, `description` of Barbican. */
function answerOf({ status, body }: HttpResponse): string {
  const record = recordOf(parseJson(body));
  const text = textOf(recordOf(record?.['error'])?.['message']) ?? textOf(record?.['description']) ?? textOf(record?.['explanation']);
  return text ?? `status ${status}`;
}
