import { globMatches } from '../orchestration/hot/environment.ts';
import { CloudError } from './cloud-error.ts';
import type { Clock } from './clock.ts';
import type { DocumentStore } from './document-store.ts';
import type { Ids } from './ids.ts';

/** Which doings go wrong; what is left out matches everything. Texts may have stars. */
export interface FaultMatch {
  /** Resource type, `OS::Neutron::*`. */
  readonly type?: string | undefined;
  /** `create`, `update`, `delete`, `check`; `boot` is a server running its user data; `request` is a call of the HTTP API. */
  readonly action?: string | undefined;
  readonly project?: string | undefined;
  /** Name of the stack that the resource is in, or of any stack around it. */
  readonly stack?: string | undefined;
  readonly resource?: string | undefined;
  /** Method and path of a request: `POST /orchestration/v1/*`. */
  readonly request?: string | undefined;
}

export type FaultEffect =
  | { readonly kind: 'fail'; readonly error: string; readonly message: string }
  /** Waits for the rule to be taken away. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answers a request instead of the service. */
  | { readonly kind: 'answer'; readonly status: number; readonly message?: string | undefined; readonly retryAfterSeconds?: number | undefined };

export interface FaultRule {
  readonly id: string;
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** How often it still happens; without it, always. */
  remaining?: number | undefined;
  /** How often it has happened. */
  seen: number;
}

/** Something that is about to be done. */
export interface Doing {
  readonly type?: string;
  readonly action: string;
  readonly projectId?: string;
  /** Names, the innermost first. */
  readonly stacks?: readonly string[];
  readonly resource?: string;
  readonly request?: string;
}

const COLLECTION = 'fault';

/** What goes wrong, and when. */
export class Faults {
  private readonly rules: Map<string, FaultRule>;
  private readonly removal = new Map<string, PromiseWithResolvers<void>>();

  constructor(private readonly store: DocumentStore, private readonly clock: Clock, private readonly ids: Ids) {
    this.rules = new Map(store.load(COLLECTION).map(({ id, document }) => [id, document as FaultRule]));
  }

  list(): readonly FaultRule[] {
    return [...this.rules.values()];
  }

  add(match: FaultMatch, effect: FaultEffect, times?: number): FaultRule {
    const rule: FaultRule = { id: this.ids.uuid(), match, effect, seen: 0, ...(times !== undefined && { remaining: times }) };
    this.rules.set(rule.id, rule);
    this.store.put(COLLECTION, rule.id, rule);
    return rule;
  }

  /** @returns whether there was such a rule. */
  remove(id: string): boolean {
    this.store.delete(COLLECTION, id);
    this.removal.get(id)?.resolve();
    this.removal.delete(id);
    return this.rules.delete(id);
  }

  clear(): void {
    for (const id of this.rules.keys()) this.remove(id);
  }

  /** The effect that strikes this, which is thereby used up once. */
  strike(doing: Doing): FaultRule | undefined {
    const rule = this.list().find((each) => each.remaining !== 0 && matches(each.match, doing));
    if (!rule) return undefined;
    rule.seen += 1;
    if (rule.remaining !== undefined) rule.remaining -= 1;
    this.store.put(COLLECTION, rule.id, rule);
    return rule;
  }

  /** Lets whatever is to go wrong go wrong. @throws {CloudError} */
  async suffer(doing: Doing, signal: AbortSignal): Promise<void> {
    const rule = this.strike(doing);
    if (!rule) return;
    const { effect } = rule;
    if (effect.kind === 'delay') await this.clock.sleep(effect.ms, signal);
    if (effect.kind === 'hang') await this.removed(rule.id, signal);
    if (effect.kind === 'fail') throw new CloudError(effect.error, 500, effect.message);
  }

  pause(ms: number): Promise<void> {
    return this.clock.sleep(ms);
  }

  /** Resolves when there is no such rule any more. */
  async removed(id: string, signal: AbortSignal): Promise<void> {
    const removal = this.removal.get(id) ?? Promise.withResolvers<void>();
    this.removal.set(id, removal);
    await untilAborted(removal.promise, signal);
  }
}

/** The promise's outcome, or the signal's reason when that comes first. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function matches({ type, action, project, stack, resource, request }: FaultMatch, doing: Doing): boolean {
  const fits = (
    pattern: string | undefined, text: string | undefined,
  ) => pattern === undefined || (text !== undefined && globMatches(pattern, text));
  if ((action ?? (request === undefined ? doing.action : 'request')) !== doing.action) return false;
  // A rule that names neither is for resources: it must not take the API down.
  if (doing.action === 'request' && request === undefined && action !== 'request') return false;
  const inStack = stack === undefined || (doing.stacks ?? []).some((name) => globMatches(stack, name));
  return inStack && fits(type, doing.type) && fits(project, doing.projectId) && fits(resource, doing.resource)
    && fits(request, doing.request);
}
