import { Secret } from '@jeroboam/platform';
import { CloudConflict, CloudServiceUnavailable, StackNameTaken } from '../errors.ts';
import type { HttpResponse } from '../http/http-call.port.ts';
import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type {
  EventPage, HeatStacks, HeatStacksOptions, NewStack, PreviewedResource, Stack, StackChange, StackEvent, StackFailure, StackParameters,
  StackRef, StackResource, StackSource, TemplateSummary,
} from './heat-stacks.port.ts';
import { eventOf, previewedOf, stackOf } from './stack-documents.ts';
import { failureBeforeRollback, failureOf } from './stack-failure.ts';
import { stackResourcesOf } from './stack-resources.ts';

/** As deep as Heat lets stacks be nested (`max_nested_stack_depth`). */
const DEEPEST_NESTING = 5;
const STACKS_PER_PAGE = 200;
/** More stacks of one owner than any installation has. */
const MAX_PAGES = 100;

export function openHeatStacks(session: CloudSession, options: HeatStacksOptions = {}): HeatStacks {
  return new HeatClient(session, options);
}

class HeatClient implements HeatStacks {
  readonly #client: CloudClient;
  readonly #timeoutMs: number;

  constructor(session: CloudSession, { timeoutMs = 60_000, ...pacing }: HeatStacksOptions) {
    this.#client = new CloudClient(session, 'orchestration', pacing);
    this.#timeoutMs = timeoutMs;
  }

  async create(stack: NewStack, signal?: AbortSignal): Promise<StackRef & { readonly adopted: boolean }> {
    const { name } = stack;
    const action = {
      action: `create stack ${name}`, method: 'POST', path: '/stacks', timeoutMs: this.#timeoutMs, signal,
      body: creationOf(stack), hidden: secretsOf(stack.parameters),
      // A second try meets the stack of the first by its name, and adopts it.
      repeatable: true,
    } as const;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#client.answer(action);
      if (response.status !== 409) return { name, id: this.#idIn(this.#client.accepted(action, response)), adopted: false };
      const adopted = await this.#adopt(stack);
      if (adopted) return { ...adopted, adopted: true };
      // The name of a deleted stack stays taken for a moment after it has gone from sight.
      if (attempt >= this.#client.attempts) {
        throw new CloudConflict('orchestration', action.action, 'one of this name is just being deleted');
      }
      await this.#client.pause(attempt, signal);
    }
  }

  async find(ident: string | StackRef): Promise<Stack | undefined> {
    if (typeof ident !== 'string') return this.#stackIn(await this.#look(pathOf(ident), ident.name));
    if (ident === '' || ident === '.' || ident === '..') return undefined;
    const response = await this.#look(`/stacks/${encodeURIComponent(ident)}`, ident);
    // A name or an id alone is answered with a redirection to both.
    return response && response.status >= 300 ? this.find(targetOf(response)) : this.#stackIn(response);
  }

  async listByTag(ownerTag: string): Promise<readonly StackRef[]> {
    const stacks = await this.#list({ tags: ownerTag }, `list stacks of ${ownerTag}`);
    // For a moment Heat goes on listing what it has deleted.
    return stacks.filter((stack) => stack['stack_status'] !== 'DELETE_COMPLETE').map(refIn);
  }

  async inProgress(): Promise<ReadonlySet<string>> {
    const stacks = await this.#list({ status: 'IN_PROGRESS' }, 'list stacks in progress');
    return new Set(stacks.map((stack) => refIn(stack).id));
  }

  async update(ref: StackRef, change: StackChange, signal?: AbortSignal): Promise<void> {
    const { clearParameters, rollback = false } = change;
    await this.#client.send({
      action: `update stack ${ref.name}`, method: 'PATCH', path: pathOf(ref), timeoutMs: this.#timeoutMs, signal,
      body: { ...requestOf(change), disable_rollback: !rollback, ...(clearParameters && { clear_parameters: clearParameters }) },
      hidden: secretsOf(change.parameters), repeatable: true, conflictPasses: true,
    });
  }

  async check(ref: StackRef, signal?: AbortSignal): Promise<void> {
    await this.#client.send({
      action: `check stack ${ref.name}`, method: 'POST', path: `${pathOf(ref)}/actions`, body: { check: null },
      timeoutMs: this.#timeoutMs, signal, repeatable: true, conflictPasses: true,
    });
  }

  async delete(ref: StackRef, signal?: AbortSignal): Promise<void> {
    await this.#client.sendToPossiblyGone({
      action: `delete stack ${ref.name}`, method: 'DELETE', path: pathOf(ref), timeoutMs: this.#timeoutMs, signal,
      repeatable: true, conflictPasses: true,
    });
  }

  async events(ref: StackRef, { after, limit = 100 }: { readonly after?: string; readonly limit?: number } = {}): Promise<EventPage> {
    const query = new URLSearchParams({ limit: String(limit), sort_dir: 'asc', ...(after !== undefined && { marker: after }) });
    const body = await this.#read(`${pathOf(ref)}/events?${query.toString()}`, `list events of stack ${ref.name}`);
    const events = recordsOf(body['events']).map(eventOf);
    return { events, ...(events.length >= limit && { next: events.at(-1)!.id }) };
  }

  async resources(ref: StackRef, { nestedDepth = 0 }: { readonly nestedDepth?: number } = {}): Promise<readonly StackResource[]> {
    const path = `${pathOf(ref)}/resources?nested_depth=${nestedDepth}`;
    return stackResourcesOf(await this.#read(path, `list resources of stack ${ref.name}`));
  }

  async failure(ref: StackRef): Promise<StackFailure | undefined> {
    const stack = await this.find(ref);
    // A rollback that is complete is a failure that Heat has cleaned up after: only the events still tell of it.
    if (stack?.action === 'ROLLBACK' && stack.progress === 'complete') {
      return failureBeforeRollback(stack, await this.#latestEvents(ref), await this.resources(ref));
    }
    if (stack?.progress !== 'failed') return undefined;
    return failureOf(stack, await this.resources(ref, { nestedDepth: DEEPEST_NESTING }));
  }

  template(ref: StackRef): Promise<Readonly<Record<string, unknown>>> {
    return this.#read(`${pathOf(ref)}/template`, `read the template of stack ${ref.name}`);
  }

  async preview(stack: NewStack): Promise<readonly PreviewedResource[]> {
    const body = await this.#client.json({
      action: `preview stack ${stack.name}`, method: 'POST', path: '/stacks/preview', body: creationOf(stack),
      timeoutMs: this.#timeoutMs, hidden: secretsOf(stack.parameters), repeatable: true,
    });
    return previewedOf(recordOf(body['stack'])?.['resources']);
  }

  async validate(source: StackSource, parameters: StackParameters = {}): Promise<TemplateSummary> {
    const body = await this.#client.json({
      action: 'validate a template', method: 'POST', path: '/validate', body: requestOf({ ...source, parameters }),
      timeoutMs: this.#timeoutMs, hidden: secretsOf(parameters), repeatable: true,
    });
    const known = Object.entries(recordOf(body['Parameters']) ?? {});
    return {
      description: textOf(body['Description']) ?? '',
      parameters: Object.fromEntries(known.map(([name, value]) => [name, recordOf(value) ?? {}])),
    };
  }

  /** @throws {StackNameTaken} */
  async #adopt({ name, ownerTag }: NewStack): Promise<StackRef | undefined> {
    const there = await this.find(name);
    if (there && !there.tags.includes(ownerTag)) throw new StackNameTaken(name);
    return there && there.action !== 'DELETE' ? { name: there.name, id: there.id } : undefined;
  }

  #idIn(created: HttpResponse): string {
    const id = textOf(recordOf(this.#client.jsonOf(created)['stack'])?.['id']);
    if (id === undefined) throw new CloudServiceUnavailable('orchestration', 'it answered the creation of a stack without an id');
    return id;
  }

  /** Newest first. */
  async #latestEvents(ref: StackRef): Promise<readonly StackEvent[]> {
    const body = await this.#read(`${pathOf(ref)}/events?limit=100&sort_dir=desc`, `list events of stack ${ref.name}`);
    return recordsOf(body['events']).map(eventOf);
  }

  #look(path: string, name: string): Promise<HttpResponse | undefined> {
    const action = `find stack ${name}`;
    return this.#client.sendToPossiblyGone({ action, method: 'GET', path, timeoutMs: this.#timeoutMs, repeatable: true });
  }

  #stackIn(response: HttpResponse | undefined): Stack | undefined {
    const stack = response && stackOf(this.#client.jsonOf(response));
    // Heat goes on showing a deleted stack to who knows its id.
    return stack?.action === 'DELETE' && stack.progress === 'complete' ? undefined : stack;
  }

  /** Page by page, oldest first. */
  async #list(filter: Readonly<Record<string, string>>, action: string): Promise<readonly JsonRecord[]> {
    const found: JsonRecord[] = [];
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = new URLSearchParams({ ...filter, limit: String(STACKS_PER_PAGE), sort_keys: 'creation_time', sort_dir: 'asc' });
      const last = found.at(-1);
      if (last) query.set('marker', refIn(last).id);
      const stacks = recordsOf((await this.#read(`/stacks?${query.toString()}`, action))['stacks']);
      found.push(...stacks);
      if (stacks.length < STACKS_PER_PAGE) break;
    }
    return found;
  }

  #read(path: string, action: string) {
    return this.#client.json({ action, method: 'GET', path, timeoutMs: this.#timeoutMs, repeatable: true });
  }
}

function refIn(stack: JsonRecord): StackRef {
  return { name: textOf(stack['stack_name']) ?? '', id: textOf(stack['id']) ?? '' };
}

function pathOf({ name, id }: StackRef): string {
  return `/stacks/${encodeURIComponent(name)}/${encodeURIComponent(id)}`;
}

function targetOf({ headers }: HttpResponse): StackRef {
  const [name, id] = String(headers['location']).split('?')[0]!.split('/').slice(-2).map(decodeURIComponent);
  if (!name || !id) throw new CloudServiceUnavailable('orchestration', 'it redirects to something that is no stack');
  return { name, id };
}

function creationOf(stack: NewStack): Readonly<Record<string, unknown>> {
  return { stack_name: stack.name, tags: stack.ownerTag, disable_rollback: !stack.rollback, ...requestOf(stack) };
}

/** What creating, updating and validating have in common; what is left out is left as it is. */
function requestOf({ template, files, environment, parameters, timeoutMinutes }: StackChange): Readonly<Record<string, unknown>> {
  const values = Object.entries(parameters ?? {}).map(([name, value]) => [name, inClear(value)]);
  return {
    ...(template !== undefined && { template }),
    ...(files !== undefined && { files }),
    ...(environment !== undefined && { environment }),
    ...(parameters !== undefined && { parameters: Object.fromEntries(values) as unknown }),
    ...(timeoutMinutes !== undefined && { timeout_mins: timeoutMinutes }),
  };
}

function inClear(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value;
}

function secretsOf(parameters: StackParameters = {}): readonly string[] {
  return Object.values(parameters).flatMap((value) => (value instanceof Secret ? [String(value.reveal())] : []));
}
