import { CrowdedJeroboam, cpuMs } from '../e2e/harness/many-bays.ts';
import type { BayStory } from '../e2e/harness/many-bays.ts';
import { median } from './bench.ts';
import type { BenchRow } from './bench.ts';

/** Another number makes a shorter run: `JEROBOAM_BENCH_BAYS=100 npm run bench -- thousand-bays`. */
const BAYS = Number(process.env['JEROBOAM_BENCH_BAYS'] ?? 1_000);
/** Operations that a busy project has queued while another asks for one. */
const QUEUED = BAYS * 5;
/** Who ask at the same time. */
const USERS = 16;
const LONG_MS = 3_600_000;
const FAULT = {
  match: { stack: 'doomed-*', type: 'OS::Nova::Server', action: 'create' },
  effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' },
};

/** 1,000 Kubernetes bays at once in the sandbox cloud: with and without failing ones, and another project's beside 5,000. */
export async function run(): Promise<BenchRow[]> {
  const healthy = await burst(() => 'healthy');
  const mixed = await burst((index) => (index % 10 === 9 ? 'doomed' : 'healthy'));
  const { aloneMs, besideMs, left } = await single();
  const count = BAYS.toLocaleString('en-US');
  return [
    { name: `POST of ${count} bays at once by ${USERS} users, p50`, value: percentile(healthy.posts, 0.5), unit: 'ms' },
    { name: `POST of ${count} bays at once by ${USERS} users, p99`, value: percentile(healthy.posts, 0.99), unit: 'ms', target: '< 250' },
    { name: 'the same, one in ten failing later, p99', value: percentile(mixed.posts, 0.99), unit: 'ms', target: '< 250' },
    { name: `first POST to all ${count} CREATE_COMPLETE`, value: healthy.allMs / 1_000, unit: 's', target: '<= 600' },
    { name: 'bays that did not end as they should', value: healthy.wrong + mixed.wrong, unit: 'bays', target: '0' },
    { name: 'processor time of Jeroboam for a bay', value: healthy.jeroboamMs, unit: 'ms' },
    { name: 'processor time of the sandbox cloud for a bay', value: healthy.sandboxMs, unit: 'ms' },
    { name: 'events for a bay', value: healthy.events, unit: 'events', target: '<= 80' },
    {
      name: 'POST to CREATE_COMPLETE of healthy bays, p95, one in ten failing', value: mixed.p95Ms / 1_000, unit: 's', floor: healthy.p95Ms / 1_000,
      ratio: mixed.p95Ms / healthy.p95Ms, target: 'ratio <= 1.1',
    },
    {
      name: `one bay of another project beside ${left.toLocaleString('en-US')} queued`, value: besideMs / 1_000, unit: 's', floor: aloneMs / 1_000,
      ratio: besideMs / aloneMs, target: 'ratio <= 2',
    },
  ];
}

interface Burst {
  /** Milliseconds from request to answer. */
  readonly posts: readonly number[];
  readonly allMs: number;
  /** Of the healthy ones, from their acceptance. */
  readonly p95Ms: number;
  readonly wrong: number;
  /** For one bay: processor time in milliseconds, events. */
  readonly jeroboamMs: number;
  readonly sandboxMs: number;
  readonly events: number;
}

async function burst(kindOf: (index: number) => 'healthy' | 'doomed'): Promise<Burst> {
  const crowd = await CrowdedJeroboam.start();
  try {
    const { history, jeroboam, sandbox } = crowd;
    await sandbox.behind('POST', 'faults', FAULT);
    const api = await crowd.api();
    const template = await crowd.template(api);
    await warmUp(crowd, template);
    const before = [cpuMs(jeroboam.pid), cpuMs(sandbox.pid), history.events] as const;
    const [start, warm] = [Date.now(), history.bays.size];
    const posts = await crowd.createAll(api, template, Array.from({ length: BAYS }, (_, index) => `${kindOf(index)}-${index}`), USERS);
    await history.until(() => history.bays.size === BAYS + warm && history.open === 0, LONG_MS);
    const bays = [...history.bays.values()].slice(warm);
    const made = bays.filter(({ name }) => name.startsWith('healthy'));
    return {
      posts, allMs: Math.max(...made.map(({ endedAt }) => endedAt!)) - start, p95Ms: percentile(made.map(durationOf), 0.95),
      wrong: bays.filter(({ name, reason }) => (reason === null) !== name.startsWith('healthy')).length,
      jeroboamMs: (cpuMs(jeroboam.pid) - before[0]) / BAYS, sandboxMs: (cpuMs(sandbox.pid) - before[1]) / BAYS, events: (history.events - before[2]) / BAYS,
    };
  } finally {
    await crowd.stop();
  }
}

/** A bay of a project that has nothing else, alone and while another project's wait: medians of three. */
async function single(): Promise<{ readonly aloneMs: number; readonly besideMs: number; readonly left: number }> {
  const crowd = await CrowdedJeroboam.start();
  try {
    const { history } = crowd;
    const [busy, quiet] = [await crowd.api(), await crowd.api('other', 'other')];
    const [template, theirs] = [await crowd.template(busy), await crowd.template(quiet)];
    const one = async (name: string): Promise<number> => {
      await crowd.createAll(quiet, theirs, [name], 1);
      await history.until(() => history.byName(name)?.endedAt !== undefined, LONG_MS);
      return durationOf(history.byName(name)!);
    };
    await warmUp(crowd, template);
    const alone = [await one('alone-1'), await one('alone-2'), await one('alone-3')];
    const names = Array.from({ length: QUEUED }, (_, index) => `busy-${index}`);
    await crowd.createAll(busy, template, names, USERS);
    const beside = [await one('beside-1'), await one('beside-2'), await one('beside-3')];
    return { aloneMs: median(alone), besideMs: median(beside), left: history.open };
  } finally {
    await crowd.stop();
  }
}

/** What everybody pays for once: code that was never run, log-ins, connections. */
async function warmUp(crowd: CrowdedJeroboam, template: string): Promise<void> {
  const names = Array.from({ length: Math.min(BAYS, 30) }, (_, index) => `warm-${index}`);
  await crowd.createAll(await crowd.api(), template, names, USERS);
  await crowd.history.until(() => crowd.history.bays.size === names.length && crowd.history.open === 0, LONG_MS);
}

function durationOf({ askedAt, endedAt }: BayStory): number {
  return endedAt! - askedAt;
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}
