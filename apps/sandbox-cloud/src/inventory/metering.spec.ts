import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stableId } from '../cloud/stable-id.ts';
import { ManualClock, quiet } from '../orchestration/testing/manual-clock.ts';
import { openInjectedSandbox } from '../testing/injected-sandbox.ts';
import type { InjectedSandbox } from '../testing/injected-sandbox.ts';

const DEMO = stableId('project', 'demo');
const STACKS = `/orchestration/v1/${DEMO}/stacks`;
const LATENCY = { '*': 0, 'OS::Nova::Server.create': 1_500, 'OS::Nova::Server.delete': 300 };
const START = Date.UTC(2026, 0, 1);
const at = (ms: number): string => new Date(START + ms).toISOString();

const node = (flavor = 'm1.small') => ({
  type: 'OS::Nova::Server', properties: { name: 'node', image: 'debian', flavor, metadata: { bay: 'b1' }, networks: [{ network: 'private' }] },
});

let clock: ManualClock;
let dataDir: string;
let sandbox: InjectedSandbox;
let demo: string;
let admin: string;

async function open(): Promise<void> {
  sandbox = await openInjectedSandbox({ latency: LATENCY, clock, dataDir });
  demo = await sandbox.logIn('demo', 'demo');
  admin = await sandbox.logIn('admin', 'admin');
}
beforeEach(async () => {
  clock = new ManualClock(START);
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-metering-'));
  await open();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function begin(name: string, server = node()): Promise<string> {
  const body = { stack_name: name, template: { heat_template_version: '2018-08-31', resources: { server } } };
  const { json } = await sandbox.send('POST', STACKS, { token: demo, body });
  await quiet();
  return `${STACKS}/${name}/${json.stack.id as string}`;
}
const remove = (path: string) => sandbox.send('DELETE', path, { token: demo });
const metered = async () => (await sandbox.get('/admin/metering', admin)).json.servers;
const told = (query: string, token = demo) => sandbox.get(`/compute/v2.1/os-simple-tenant-usage/${DEMO}?${query}`, token);

describe('the metering of servers', () => {
  it('counts from when a server is up until it is gone, and forgets neither', async () => {
    const path = await begin('billed');
    await clock.pass(1_499);
    expect(await metered()).toEqual([]);
    await clock.pass(10_000);
    expect(await metered()).toEqual([{
      id: expect.any(String), name: 'node', project_id: DEMO, flavor: 'm1.small', metadata: { bay: 'b1' }, stack_id: path.split('/').at(-1),
      root_stack: 'billed', from: at(1_500), to: null,
    }]);
    await remove(path);
    await clock.pass(5_000);
    expect(await metered()).toMatchObject([{ from: at(1_500), to: at(11_799) }]);
  });

  it('counts no server that never came up', async () => {
    await sandbox.send('POST', '/admin/faults', { token: admin, body: {
      match: { type: 'OS::Nova::Server', action: 'create' }, effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' },
    } });
    await begin('unlucky');
    const interrupted = await begin('interrupted');
    await clock.pass(1_000);
    await remove(interrupted);
    await clock.pass(60_000);
    expect(await metered()).toEqual([]);
  });

  it('ends whoever takes the server away', async () => {
    await begin('robbed');
    await clock.pass(2_000);
    const [{ id }] = await metered();
    await sandbox.send('DELETE', `/admin/inventory/server/${id}`, { token: admin });
    expect(await metered()).toMatchObject([{ from: at(1_500), to: at(2_000) }]);
  });

  it('goes on over a restart', async () => {
    const path = await begin('lasting');
    await clock.pass(2_000);
    await sandbox.close();
    await clock.pass(86_400_000);
    await open();
    await remove(path);
    await clock.pass(1_000);
    expect(await metered()).toMatchObject([{ from: at(1_500), to: at(86_402_300) }]);
  });

  it('is told to the project as Nova does, in pages', async () => {
    const path = await begin('told');
    await begin('other', node('m1.medium'));
    await clock.pass(3_601_500);
    await remove(path);
    await clock.pass(300);
    const { json } = await told('start=2026-01-01T00:00:00&limit=1');
    expect(json).toMatchObject({
      tenant_usage: { tenant_id: DEMO, start: '2026-01-01T00:00:00.000000', stop: '2026-01-01T01:00:01.800000' },
      tenant_usage_links: [{ rel: 'next' }],
    });
    const next = new URL(json.tenant_usage_links[0].href as string);
    const rest = await sandbox.get(next.pathname + next.search, demo);
    const usages = [...json.tenant_usage.server_usages, ...rest.json.tenant_usage.server_usages];
    expect(rest.json).not.toHaveProperty('tenant_usage_links');
    expect(usages.toSorted((one, other) => (one.flavor < other.flavor ? -1 : 1))).toMatchObject([
      { flavor: 'm1.medium', started_at: '2026-01-01T00:00:01.500000', ended_at: null, state: 'active' },
      { flavor: 'm1.small', started_at: '2026-01-01T00:00:01.500000', ended_at: '2026-01-01T01:00:01.800000', state: 'terminated', uptime: 3_600 },
    ]);
    expect((await told('start=2026-01-01T01:00:01.800000&end=2026-01-02')).json.tenant_usage.server_usages).toMatchObject([{ flavor: 'm1.medium' }]);
    expect((await told('start=2025-01-01&end=2025-01-02')).json).toEqual({ tenant_usage: {} });
  });

  it('is not told to others, nor for times that are none', async () => {
    expect((await told('start=2026-01-01', await sandbox.logIn('other', 'other'))).status).toBe(403);
    expect((await told('start=yesterday')).status).toBe(400);
    expect((await told('start=2026-01-02&end=2026-01-01')).status).toBe(400);
  });
});
