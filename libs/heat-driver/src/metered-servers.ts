import { StepFailed } from '@jeroboam/driver-sdk';
import type { CloudSession } from '@jeroboam/openstack';

/** A server as Nova accounts for it; times are RFC 3339 UTC with milliseconds. */
export interface MeteredServer {
  readonly id: string;
  readonly name: string;
  /** When it was up for the first time. */
  readonly from: string;
  /** When it was gone; null while it is there. */
  readonly to: string | null;
}

interface Usage {
  readonly instance_id: string;
  readonly name: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

/** Nova's own bound. */
const PAGE = 1_000;
/** Servers of one project in one period, by the thousand: more are not gone through for one bay. */
const MOST_PAGES = 20;
/** From it on, usage comes in pages. */
const MICROVERSION = 'compute 2.40';

/**
 * Every server of the session's project that was there since then, those that are gone included, as Nova tells each project
 * of its own (`os-simple-tenant-usage`).
 *
 * @returns undefined where Nova does not tell: there is none, it is older than Ocata, or its policy is against it.
 * @throws {StepFailed} retryable: it should tell and does not now.
 */
export async function meteredServers(session: CloudSession, since: string): Promise<readonly MeteredServer[] | undefined> {
  const { projectId, catalog } = await session.identity();
  if (projectId === null || !catalog.some(({ type }) => type === 'compute')) return undefined;
  const servers: MeteredServer[] = [];
  for (let page = 0, marker = {}; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ start: since.replace('Z', ''), limit: String(PAGE), ...marker }).toString();
    const { status, body } = await session.request({
      service: 'compute', method: 'GET', path: `/os-simple-tenant-usage/${projectId}?${query}`, headers: { 'openstack-api-version': MICROVERSION },
    });
    if (status >= 500 || status === 429) throw new StepFailed(`The compute service answered with ${status} when asked which servers it has metered`, { retryable: true });
    if (status !== 200) return undefined;
    const { tenant_usage: { server_usages: usages = [] }, tenant_usage_links: links = [] } = JSON.parse(body) as {
      readonly tenant_usage: { readonly server_usages?: readonly Usage[] }; readonly tenant_usage_links?: readonly unknown[];
    };
    servers.push(...usages.flatMap(serverOf));
    if (usages.length === 0 || links.length === 0) return servers;
    marker = { marker: usages.at(-1)!.instance_id };
  }
  return servers;
}

/** One that was never up costs nothing. */
function serverOf({ instance_id: id, name, started_at: from, ended_at: to }: Usage): readonly MeteredServer[] {
  return from === null ? [] : [{ id, name, from: timeOf(from), to: to === null ? null : timeOf(to) }];
}

/** Nova writes UTC without saying so, with microseconds or without any fraction. */
function timeOf(text: string): string {
  return new Date(`${text.replace(' ', 'T').slice(0, 23)}Z`).toISOString();
}
