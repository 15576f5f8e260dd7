import { Controller, Get, Inject, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { one, page } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';
import { Caller, isAdmin, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import type { MeteredServer } from '../inventory/metering.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { SandboxOrchestration } from '../orchestration/sandbox-orchestration.ts';

interface Period {
  readonly startMs: number;
  readonly stopMs: number;
}

const HOUR_MS = 3_600_000;

/** What Nova says to a project of its own servers, those that are gone included; in pages, as from microversion 2.40 on. */
@Controller('compute/v2.1/os-simple-tenant-usage')
@UseGuards(TokenGuard)
export class TenantUsageController {
  private readonly sim: SimulatedCloud;

  constructor(
    @Inject(SandboxOrchestration) { sim }: SandboxOrchestration,
    private readonly cloud: Cloud,
    private readonly address: SandboxAddress,
  ) {
    this.sim = sim;
  }

  @Get(':project')
  async show(@Caller() caller: CallerIdentity, @Param('project') named: string, @QueryParam() query: Query): Promise<unknown> {
    const isOwn = named === caller.projectId || named === caller.foreignProjectId;
    if (!isOwn && !isAdmin(caller)) throw new ApiError(403, 'Policy doesn\'t allow os_compute_api:os-simple-tenant-usage:show to be performed.');
    const projectId = isOwn ? caller.projectId : named;
    const now = this.sim.clock.now();
    const period = { startMs: moment(query, 'start') ?? now, stopMs: moment(query, 'end') ?? now };
    if (period.startMs > period.stopMs) throw new ApiError(400, 'Invalid start time. The start time cannot occur after the end time.');
    const servers = this.sim.metering.list()
      .filter((server) => server.projectId === projectId && server.fromMs < period.stopMs && (server.toMs === null || server.toMs > period.startMs));
    const { items, more } = page(servers, query);
    // A sandbox that is killed must not have said what it then forgets.
    await this.sim.documents.flushed();
    if (items.length === 0) return { tenant_usage: {} };
    const next = () => {
      const following = new URLSearchParams({ ...plain(query), marker: items.at(-1)!.id });
      return `${this.address.url}/compute/v2.1/os-simple-tenant-usage/${named}?${following.toString()}`;
    };
    return {
      tenant_usage: this.usage(named, items, period, now),
      ...(more && { tenant_usage_links: [{ rel: 'next', href: next() }] }),
    };
  }

  private usage(projectId: string, servers: readonly MeteredServer[], period: Period, now: number): unknown {
    const used = servers.map((server) => ({ server, hours: hoursOf(server, period), flavor: this.cloud.flavors.find(({ name }) => name === server.flavor) }));
    const total = (amount: (use: typeof used[number]) => number) => used.reduce((sum, use) => sum + use.hours * amount(use), 0);
    return {
      tenant_id: projectId, start: written(period.startMs), stop: written(period.stopMs), total_hours: total(() => 1),
      total_vcpus_usage: total(({ flavor }) => flavor?.vcpus ?? 0), total_memory_mb_usage: total(({ flavor }) => flavor?.ramMb ?? 0),
      total_local_gb_usage: total(({ flavor }) => flavor?.diskGb ?? 0),
      server_usages: used.map(({ server: { id, name, flavor: flavorName, fromMs, toMs }, hours, flavor }) => ({
        instance_id: id, name, tenant_id: projectId, flavor: flavorName, hours, vcpus: flavor?.vcpus ?? 0, memory_mb: flavor?.ramMb ?? 0,
        local_gb: flavor?.diskGb ?? 0, started_at: written(fromMs), ended_at: toMs === null ? null : written(toMs),
        state: toMs === null ? 'active' : 'terminated', uptime: Math.floor(((toMs ?? now) - fromMs) / 1_000),
      })),
    };
  }
}

function hoursOf({ fromMs, toMs }: MeteredServer, { startMs, stopMs }: Period): number {
  return (Math.min(toMs ?? stopMs, stopMs) - Math.max(fromMs, startMs)) / HOUR_MS;
}

/** As Python writes a time without a zone. */
function written(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000`;
}

/** Nova takes days and times, all of them UTC. */
function moment(query: Query, name: string): number | undefined {
  const text = one(query, name);
  if (text === undefined) return undefined;
  const [, day, time = '00:00:00', fraction = ''] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?)?$/.exec(text) ?? [];
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(ms)) throw new ApiError(400, `Datetime is in invalid format: ${text}`);
  return ms;
}

function plain(query: Query): Record<string, string> {
  return Object.fromEntries(Object.keys(query).map((name) => [name, one(query, name)!]));
}
