import { FakeCloud, magnumError } from '../testing/fake-cloud.ts';
import { runHere } from '../testing/run-here.ts';
import type { WireUsage } from './usage.command.ts';

const used = (fields: Partial<WireUsage> = {}): WireUsage => ({
  cluster_name: 'web', nodegroup: 'default-worker', flavor: 'm1.large', node_count: 3, from: '2026-01-31T10:00:00.000Z',
  to: '2026-01-31T11:30:00.250Z', node_seconds: 16_200.75, state: 'closed', ...fields,
});
const period = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-31T12:00:00.000Z' };

let cloud: FakeCloud;
beforeEach(async () => { cloud = await FakeCloud.open(); });
afterEach(() => cloud.close());

describe('jeroboam usage', () => {
  it('lists intervals through all pages, and what they come to', async () => {
    const next = `${cloud.url}/v1/usage?from=F&to=T&limit=1&marker=m`;
    const master = used({ nodegroup: 'default-master', flavor: null, node_count: 1, to: period.to, node_seconds: 7_200, state: 'open' });
    cloud.on('GET /v1/usage', { body: { usage: [used()], ...period, next } }, { body: { usage: [master], ...period } });
    const { status, stdout, stderr } = await runHere(['usage', '--from', '2026-01-01', '--bay', 'bay/web'], { env: cloud.env });
    expect([status, stderr]).toEqual([0, '6.5002 node hours from 2026-01-01 00:00:00Z to 2026-01-31 12:00:00Z\n']);
    expect(stdout).toBe([
      'BAY  NODE GROUP      FLAVOR    NODES  FROM                  TO                        NODE HOURS',
      'web  default-worker  m1.large  3      2026-01-31 10:00:00Z  2026-01-31 11:30:00Z      4.5002',
      'web  default-master  -         1      2026-01-31 10:00:00Z  2026-01-31 12:00:00Z ...  2.0000',
      '',
    ].join('\n'));
    expect(cloud.asked.slice(1).map(({ path }) => path)).toEqual([
      '/v1/usage?from=2026-01-01&cluster=web', '/v1/usage?from=F&to=T&limit=1&marker=m',
    ]);
  });

  it('adds up by flavor with --totals', async () => {
    cloud.on('GET /v1/usage', { body: { totals: [{ flavor: 'm1.large', node_seconds: 5_400 }], ...period, from: null } });
    const { stdout, stderr } = await runHere(['usage', '--totals', '--to', '2026-02-01T00:00:00+01:00', '--project', 'p2'], { env: cloud.env });
    expect(stdout).toBe('FLAVOR    NODE HOURS\nm1.large  1.5000\n');
    expect(stderr).toBe('1.5000 node hours to 2026-01-31 12:00:00Z\n');
    expect(cloud.asked.at(-1)!.path).toBe('/v1/usage?to=2026-02-01T00%3A00%3A00%2B01%3A00&project_id=p2&group_by=flavor');
  });

  it('gives what the service gave with --json', async () => {
    cloud.on('GET /v1/usage', { body: { usage: [used()], ...period } });
    expect(JSON.parse((await runHere(['usage', '--json'], { env: cloud.env })).stdout)).toEqual({ usage: [used()], ...period });
  });

  it('passes on what the service says against it', async () => {
    cloud.on('GET /v1/usage', { status: 400, body: magnumError(400, 'The period is empty: from must be before to.') });
    const { status, stderr } = await runHere(['usage', '--from', '2026-01-02', '--to', '2026-01-01'], { env: cloud.env });
    expect([status, stderr]).toEqual([1, expect.stringContaining('Error: The period is empty')]);
  });
});
