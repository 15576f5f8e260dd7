import { SYSTEM_ACTOR, type RecordedEvent } from '@jeroboam/domain';
import type { Exchanged } from './exchange.ts';
import type { FuzzRequest } from './fuzz-request.ts';

/** Operations that make something whenever they are accepted. */
const MAKERS = new Set([
  'clusters.create', 'clusterTemplates.create', 'baymodels.create', 'bays.create', 'nodeGroups.create', 'quotas.create',
]);
/** A CA is made when it is needed first; whoever asks for its certificate needs it. */
const MADE_BY_LOOKING = new Set(['BayAuthorityEstablished']);
/** A key is bound when its request becomes a command, which the services that decide may still refuse. */
const BEFORE_THE_DECISION = new Set(['IdempotencyKeyTaken']);

interface Entry {
  readonly request: FuzzRequest;
  readonly operation: string;
  readonly status: number;
}

/** What was asked and answered, by the id that each answer gave its request. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #before: ReadonlySet<string>;

  /** @param before ids of the requests that led here. */
  constructor(before: Iterable<string>) {
    this.#before = new Set(before);
  }

  get size(): number {
    return this.#entries.size;
  }

  get summary(): string {
    const statuses = [...this.#entries.values()].map(({ status }) => status);
    const different = [...new Set(statuses)].sort((one, other) => one - other);
    const counts = different.map((status) => `${statuses.filter((each) => each === status).length} x ${status}`);
    return `${this.size} answers: ${counts.join(', ')}`;
  }

  enter(request: FuzzRequest, operation: string, { status, headers }: Exchanged): void {
    this.#entries.set(String(headers['x-openstack-request-id']), { request, operation, status });
  }

  hasSucceeded(operation: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.operation === operation && entry.status < 300);
  }

  /** Events that are there because of a request that was refused, or only looked. */
  unwarranted(events: readonly RecordedEvent[]): string[] {
    return events.flatMap(({ type, stream, requestId }) => {
      const entry = this.#entries.get(requestId);
      if (!entry) return [];
      const { request, status } = entry;
      if (status < 300 && (request.method !== 'GET' || MADE_BY_LOOKING.has(type))) return [];
      if (BEFORE_THE_DECISION.has(type)) return [];
      return [`${type} in ${stream}, after ${status} to ${shown(request)}`];
    });
  }

  /** Requests that were accepted to make something and left no event. One that was made before under the same key leaves none. */
  traceless(events: readonly RecordedEvent[]): string[] {
    const seen = new Set(events.map(({ requestId }) => requestId));
    const made = [...this.#entries].filter(([, { request, operation, status }]) => (
      status < 300 && MAKERS.has(operation) && request.headers['idempotency-key'] === undefined
    ));
    return made.filter(([id]) => !seen.has(id)).map(([, { request, status }]) => `${status} to ${shown(request)}`);
  }

  /** Events of no request that is known here, and not of Jeroboam's own accord. */
  unexplained(events: readonly RecordedEvent[]): string[] {
    return events.filter(({ requestId, actor }) => (
      !this.#entries.has(requestId) && !this.#before.has(requestId) && actor.userId !== SYSTEM_ACTOR.userId
    )).map(({ type, stream, requestId }) => `${type} in ${stream}, of request ${requestId}`);
  }
}

/** A request in one line. */
export function shown({ as, method, target, headers, body }: FuzzRequest): string {
  const text = typeof body === 'string' ? body.slice(0, 600) : body && `bytes ${Buffer.from(body).toString('hex')}`;
  return `${as}: ${method} ${target.slice(0, 300)} ${JSON.stringify(headers)} ${text ?? ''}`;
}
