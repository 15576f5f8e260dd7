import { Secret } from '@jeroboam/platform';
import { CloudServiceUnavailable } from '../errors.ts';
import { recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { Pacing } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type { BarbicanSecrets, KeptSecret } from './barbican-secrets.port.ts';

export function openBarbicanSecrets(session: CloudSession, pacing: Pacing = {}): BarbicanSecrets {
  return new BarbicanClient(new CloudClient(session, 'key-manager', pacing));
}

/** The most that Barbican gives at once unless it is configured to give more. */
const PAGE_SIZE = 100;
/** A million secrets: more than that is not one installation's. */
const MAX_PAGES = 10_000;

class BarbicanClient implements BarbicanSecrets {
  constructor(private readonly client: CloudClient) {}

  async store(name: string, text: Secret): Promise<string> {
    const payload = text.reveal();
    const body = await this.client.json({
      action: `keep secret ${name}`, method: 'POST', path: '/secrets', hidden: [payload], repeatable: true,
      body: { name, payload, payload_content_type: 'text/plain', secret_type: 'opaque' },
    });
    const id = idIn(body['secret_ref']);
    if (id === '') throw new CloudServiceUnavailable('key-manager', 'it answered the creation of a secret without a reference');
    return id;
  }

  async get(id: string): Promise<Secret | undefined> {
    const response = await this.client.sendToPossiblyGone({
      action: `read secret ${id}`, method: 'GET', path: `${pathOf(id)}/payload`, headers: { accept: 'text/plain' }, repeatable: true,
    });
    return response && new Secret(response.body);
  }

  async delete(id: string): Promise<void> {
    await this.client.sendToPossiblyGone({ action: `delete secret ${id}`, method: 'DELETE', path: pathOf(id), repeatable: true });
  }

  async named(name: string): Promise<readonly KeptSecret[]> {
    // Barbican takes `_` and `%` in the name for wildcards.
    return (await this.#all(`&name=${encodeURIComponent(name)}`)).filter((secret) => secret.name === name);
  }

  async list(prefix: string): Promise<readonly KeptSecret[]> {
    return (await this.#all('')).filter(({ name }) => name.startsWith(prefix));
  }

  async #all(filter: string): Promise<readonly KeptSecret[]> {
    const found = new Map<string, KeptSecret>();
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const path = `/secrets?limit=${PAGE_SIZE}&offset=${page * PAGE_SIZE}${filter}`;
      const secrets = recordsOf((await this.client.json({ action: 'list secrets', method: 'GET', path, repeatable: true }))['secrets']);
      for (const secret of secrets.map(keptOf)) found.set(secret.id, secret);
      if (secrets.length < PAGE_SIZE) break;
    }
    return [...found.values()].toSorted((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id));
  }
}

function pathOf(id: string): string {
  return `/secrets/${encodeURIComponent(id)}`;
}

function keptOf(secret: JsonRecord): KeptSecret {
  return { id: idIn(secret['secret_ref']), name: textOf(secret['name']) ?? '', createdAt: textOf(secret['created']) ?? '' };
}

/** Barbican names secrets by their address. Only the end counts: the host in it is the one that Barbican believes to have. */
function idIn(reference: unknown): string {
  return (textOf(reference) ?? '').split('/').at(-1)!;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
