import type { BayView } from '@jeroboam/domain';

/** No summary is longer. */
const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** An agent as the masters tell of it; tasks are counted by the state they are in. */
export interface Agent {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly [count: `TASK_${string}`]: unknown;
}

/**
 * What the masters say of all agents, through the router that every master has. It lets everybody in where the bay was made
 * with `oauth_enabled: false`, and else asks who comes, which nobody here could say.
 *
 * @throws when nobody answers in ten seconds, or with something else.
 */
export async function agentsOf({ apiAddress, spec }: BayView, signal: AbortSignal): Promise<readonly Agent[]> {
  if (apiAddress === null) throw new Error(`bay ${spec.name} has no API address`);
  // Its own certificate is one that nobody could check; nothing secret is sent.
  const url = `${apiAddress.replace('https:', 'http:')}/mesos/master/state-summary`;
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  const text = await textOf(response);
  if (response.status !== 200) throw new Error(`${url} answered with status ${response.status}`);
  const { slaves } = JSON.parse(text) as { readonly slaves?: readonly Agent[] };
  if (!Array.isArray(slaves)) throw new Error(`${url} told of no agents`);
  return slaves as readonly Agent[];
}

/** The server that it runs on, which its user data told it; undefined for one that somebody else has brought in. */
export function serverOf({ attributes }: Agent): string | undefined {
  const node = attributes?.['node'];
  return typeof node === 'string' ? node : undefined;
}

/** Tasks that are there or about to be. */
export function tasksOn(agent: Agent): number {
  const states = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'] as const;
  return states.map((state) => Number(agent[state] ?? 0)).reduce((sum, count) => sum + count, 0);
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
