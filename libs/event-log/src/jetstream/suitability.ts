import type { StreamConfig } from '@nats-io/jetstream';

/** What an operator accepts to have less of than the log asks for. Each says what may then be lost. */
export interface AcceptedRisks {
  /** Fewer copies than 3: with 1, what the one server's disk loses is lost. */
  readonly replicas?: number;
  /** Servers that acknowledge before they flush (by default every two minutes): a power failure loses what was acknowledged since. */
  readonly unsynced?: boolean;
}

/** Copies the log asks for: one server may be lost and appends go on. */
export const SAFE_REPLICAS = 3;

/** How a new stream is made; `configProblems` holds an existing one to it. */
export const LOG_STREAM = {
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
} as const;

const NOT_LIMITED = 'the log must keep everything';

/** Everything about the stream's configuration that would break the log's promises. */
export function configProblems(config: StreamConfig, subjects: string, accept: AcceptedRisks): string[] {
  const replicas = accept.replicas ?? SAFE_REPLICAS;
  const checks: [fine: boolean, problem: string][] = [
    [config.subjects?.length === 1 && config.subjects[0] === subjects, `its subjects are ${config.subjects?.join(', ')}, not ${subjects}`],
    [config.deny_delete, 'deny_delete is off: single events could be deleted'],
    [config.deny_purge, 'deny_purge is off: all events could be purged'],
    [!config.allow_rollup_hdrs, 'allow_rollup_hdrs is on: a message could replace all before it'],
    [config.storage === 'file', `storage is ${config.storage}: it must be file`],
    [config.retention === 'limits', `retention is ${config.retention}: it must be limits`],
    [!config.max_age, `max_age is set: ${NOT_LIMITED}`],
    [unlimited(config.max_msgs), `max_msgs is ${config.max_msgs}: ${NOT_LIMITED}`],
    [unlimited(config.max_bytes), `max_bytes is ${config.max_bytes}: ${NOT_LIMITED}`],
    [unlimited(config.max_msgs_per_subject), `max_msgs_per_subject is ${config.max_msgs_per_subject}: ${NOT_LIMITED}`],
    [config.num_replicas >= replicas, `num_replicas is ${config.num_replicas}: it must be at least ${replicas} (or accept fewer with accept.replicas)`],
  ];
  return checks.filter(([fine]) => !fine).map(([, problem]) => problem);
}

interface JetStreamReport {
  readonly server_id?: string;
  readonly config?: { readonly sync_always?: boolean };
}

const MONITOR_TIMEOUT_MS = 5_000;

/**
 * Whether every server that keeps a copy flushes before it acknowledges (`sync_interval: always`), asked of the servers'
 * monitoring endpoints, as the NATS protocol does not tell. Servers before 2.10 do not know the setting.
 */
export async function syncProblems(monitorUrls: readonly string[], replicas: number): Promise<string[]> {
  const advice = 'set "sync_interval: always" in its jetstream block, or accept the loss with accept.unsynced';
  if (monitorUrls.length === 0) return [`without monitorUrls nobody can tell whether the servers flush before they acknowledge: ${advice}`];
  const problems: string[] = [];
  const synced = new Set<string>();
  for (const url of monitorUrls) {
    const report = await reportOf(url);
    if (typeof report === 'string') problems.push(`${url} does not say whether it flushes before it acknowledges: ${report}`);
    else if (report.config?.sync_always !== true) problems.push(`the server at ${url} acknowledges before it flushes: ${advice}`);
    else synced.add(report.server_id ?? url);
  }
  if (problems.length === 0 && synced.size < replicas) {
    problems.push(`${replicas} servers keep a copy, but monitorUrls names ${synced.size}: name every one of them`);
  }
  return problems;
}

async function reportOf(url: string): Promise<JetStreamReport | string> {
  try {
    const response = await fetch(new URL('/jsz?config=true', url), { signal: AbortSignal.timeout(MONITOR_TIMEOUT_MS) });
    if (!response.ok) return `HTTP ${response.status}`;
    return (await response.json()) as JetStreamReport;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function unlimited(limit: number | undefined): boolean {
  return limit === undefined || limit <= 0;
}
