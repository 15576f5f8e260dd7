import type { HttpResponse } from '../http/http-call.port.ts';
import { parseJson, recordOf, recordsOf, textOf } from '../http/json.ts';
import type { TokenInfo } from '../token/token-validator.port.ts';
import type { CloudRequest, CloudSession } from './cloud-session.port.ts';

/** A stack named by its name alone. */
const BY_NAME = /^\/stacks\/([^/?]+)$/;

/**
 * An administrator's session that works among the stacks of a project it is not in, which may be gone by now. Heat shows
 * administrators any stack by name and id together, and names alone only of their own project: ids that are not known are
 * looked for among all stacks, which Heat's policy has to allow (`stacks:global_index`).
 *
 * @param admin scoped to a project; not closed with this session.
 * @param known ids of the stacks by name.
 */
export function openCleanUpSession(admin: CloudSession, projectId: string, known: Readonly<Record<string, string>> = {}): CloudSession {
  return new CleanUpSession(admin, projectId, known);
}

class CleanUpSession implements CloudSession {
  constructor(private readonly admin: CloudSession, private readonly projectId: string, private readonly known: Readonly<Record<string, string>>) {}

  identity(): Promise<TokenInfo> {
    return this.admin.identity();
  }

  async request(request: CloudRequest): Promise<HttpResponse> {
    if (request.service !== 'orchestration') return this.admin.request(request);
    const { projectId } = this;
    const name = request.method === 'GET' ? BY_NAME.exec(request.path)?.[1] : undefined;
    if (name !== undefined) return this.#named(name, request);
    if (request.method === 'GET' && request.path.startsWith('/stacks?')) return this.#listed(request);
    return this.admin.request({ ...request, projectId });
  }

  async #listed(request: CloudRequest): Promise<HttpResponse> {
    const { projectId, known } = this;
    const listed = await this.admin.request({ ...request, path: `${request.path}&global_tenant=true`, projectId });
    const names = Object.entries(known);
    if (listed.status !== 403 || names.length === 0) return listed;
    // What is in nobody's list is asked for by its name, and then is not said to be gone.
    return { ...listed, status: 200, body: JSON.stringify({ stacks: names.map(([name, id]) => ({ stack_name: name, id })) }) };
  }

  close(): void {
    // The administrator's own connections are not ours.
  }

  async #named(name: string, request: CloudRequest): Promise<HttpResponse> {
    const { projectId } = this;
    const knownId = this.known[decodeURIComponent(name)];
    if (knownId !== undefined) return this.admin.request({ ...request, path: `/stacks/${name}/${encodeURIComponent(knownId)}`, projectId });
    const listed = await this.admin.request({ ...request, path: `/stacks?global_tenant=true&name=${name}`, projectId });
    if (listed.status !== 200) return listed;
    const named = recordsOf(recordOf(parseJson(listed.body))?.['stacks']).filter((each) => textOf(each['stack_name']) === decodeURIComponent(name));
    // Heat names the projects to administrators alone: without them nobody can tell that the stack is gone.
    if (named.some((each) => textOf(each['project']) === undefined)) return { ...listed, status: 403, body: '{}' };
    const id = textOf(named.find((each) => each['project'] === projectId)?.['id']);
    if (id === undefined) return { ...listed, status: 404, body: '{}' };
    return this.admin.request({ ...request, path: `/stacks/${name}/${encodeURIComponent(id)}`, projectId });
  }
}
