import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiClient } from '../cloud/api-client.ts';
import type { CloudSettings } from '../cloud/cloud-settings.ts';
import { Unreachable } from '../cloud/http.ts';
import type { Variables } from '../cloud/openrc.ts';

/** How long a copy is as good as what the service says. */
const FRESH_MS = 60 * 60 * 1_000;

interface Copy {
  readonly fetchedAtMs: number;
  readonly etag: string | undefined;
  readonly body: unknown;
}

export interface KnownOptions {
  /** Undefined: nothing is kept. */
  readonly cache: string | undefined;
  readonly client: Pick<ApiClient, 'getIfChanged'>;
  /** A copy is not good enough: something is missing in it. @default false */
  readonly askAgain?: boolean;
  /** Told when the service is away and a copy has to do. */
  readonly say: (text: string) => void;
}

/** Where the copy of one cloud's list is kept; undefined on a host without a home. */
export function cacheFile(env: Variables, { authUrl, endpoint, region, project, login }: CloudSettings): string | undefined {
  const base = env['XDG_CACHE_HOME'] || (env['HOME'] ? join(env['HOME'], '.cache') : undefined);
  if (base === undefined) return undefined;
  const user = login.method === 'password' ? login.user : null;
  const cloud = createHash('sha256').update(JSON.stringify([authUrl, endpoint, region, project, user])).digest('hex').slice(0, 16);
  return join(base, 'jeroboam', `extensions-${cloud}.json`);
}

/**
 * The descriptors that a service has for its clients: a copy for an hour, then what the service says, then, where it is
 * away, the copy again.
 * @throws {Problem} it cannot be reached and there is no copy.
 */
export async function knownExtensions({ cache, client, askAgain = false, say }: KnownOptions): Promise<unknown> {
  const copy = cache === undefined ? undefined : readCopy(cache);
  const age = copy ? Date.now() - copy.fetchedAtMs : Infinity;
  if (copy && !askAgain && age >= 0 && age < FRESH_MS) return copy.body;
  try {
    const news = await client.getIfChanged('/v1/extensions', copy?.etag);
    const now: Copy = { ...(news ?? copy!), fetchedAtMs: Date.now() };
    if (cache !== undefined) writeCopy(cache, now);
    return now.body;
  } catch (error) {
    if (!copy || !(error instanceof Unreachable)) throw error;
    say('The service cannot be reached: these are the commands it had when it was asked last.');
    return copy.body;
  }
}

function readCopy(path: string): Copy | undefined {
  try {
    const copy = JSON.parse(readFileSync(path, 'utf8')) as Partial<Copy> | null;
    return typeof copy?.fetchedAtMs === 'number' && 'body' in copy ? (copy as Copy) : undefined;
  } catch {
    // There is none, or not a whole one: the service has the original.
    return undefined;
  }
}

/** A cache that cannot be written costs a request each time and nothing else. */
function writeCopy(path: string, copy: Copy): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(copy), { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    return;
  }
}
