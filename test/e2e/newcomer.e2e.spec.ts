import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { badlyEnded, brokenChains, neverStarted, readLog } from './harness/history.ts';
import { EmbeddedProcess, nodeBinary, root } from './harness/process.ts';
import { removeBays, traces, unableBecause } from './harness/local-swarm.ts';

const run = promisify(execFile);

/**
 * What the README tells a newcomer to type, with the unmodified clients: `openstack` with magnumclient, `docker`,
 * `jeroboam`. A real Swarm on this host; where the host cannot, the test says so and fails unless told to accept it.
 */
describe('a newcomer with openstack and docker', () => {
  const unable = unableBecause();
  if (unable.length > 0 && process.env['JEROBOAM_SKIP_LOCAL_SWARM'] === '1') {
    it(`was not run here: ${unable.join('; ')}`, () => expect(unable).not.toEqual([]));
    return;
  }

  const certificates = mkdtempSync(join(tmpdir(), 'jeroboam-b1-'));
  let jeroboam: EmbeddedProcess;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    expect(unable).toEqual([]);
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-local' } });
    const openrc = Object.fromEntries([...readFileSync(join(jeroboam.dataDir, 'openrc'), 'utf8').matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name!, value!]));
    environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: certificates, SHELL: '/bin/bash', LC_ALL: 'C.UTF-8', ...openrc };
  }, 60_000);
  afterAll(async () => {
    if (jeroboam) await removeBays(jeroboam);
    await jeroboam?.stop();
    rmSync(certificates, { recursive: true, force: true });
  }, 60_000);

  async function openstack(...words: string[]): Promise<string> {
    // Debian's client, not whatever else may be first in the path.
    const { stdout } = await run('/usr/bin/openstack', words, { env: environment, timeout: 60_000 });
    return stdout;
  }
  async function bay(...columns: string[]): Promise<Record<string, unknown>> {
    return JSON.parse(await openstack('coe', 'cluster', 'show', 'b1', '-f', 'json', ...columns.flatMap((column) => ['-c', column]))) as Record<string, unknown>;
  }
  async function settled(status: string, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const shown = await bay('status', 'status_reason');
      if (shown['status'] === status) return;
      if (Date.now() > end || String(shown['status']).endsWith('FAILED')) throw new Error(`b1 is ${JSON.stringify(shown)}, not ${status}\n${jeroboam.output}`);
    }
  }
  async function docker(...words: string[]): Promise<string> {
    const config = await openstack('coe', 'cluster', 'config', 'b1', '--dir', certificates, '--force', '--output-certs');
    const variables = Object.fromEntries([...config.matchAll(/export (\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]));
    const { stdout } = await run('docker', words, { env: { ...environment, ...variables }, timeout: 60_000 });
    return stdout;
  }
  async function until(what: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!(await what())) if (Date.now() > end) throw new Error('it did not happen in time');
  }

  it('gets from a template to a running container, to one node more, to nothing left', async () => {
    await openstack('coe', 'cluster', 'template', 'create', 'swarm', '--coe', 'swarm-mode', '--image', 'debian', '--external-network', 'public', '--server-type', 'vm', '--network-driver', 'docker');
    await openstack('coe', 'cluster', 'create', 'b1', '--cluster-template', 'swarm', '--master-count', '1', '--node-count', '2');
    await settled('CREATE_COMPLETE');
    const bayId = String((await bay('uuid'))['uuid']);

    const ready = async () => (await docker('node', 'ls', '--format', '{{.Hostname}} {{.Status}} {{.ManagerStatus}}')).trim().split('\n');
    expect(await ready()).toHaveLength(3);
    expect((await ready()).every((line) => line.includes(' Ready'))).toBe(true);
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) expect(existsSync(join(certificates, file))).toBe(true);

    await docker('service', 'create', '--detach', '--name', 'web', '--constraint', 'node.role==worker', '--stop-grace-period', '1s', 'busybox', 'sleep', '3600');
    await until(async () => (await docker('service', 'ps', 'web', '--filter', 'desired-state=running', '--format', '{{.Node}} {{.CurrentState}}')).includes('Running'));

    await openstack('coe', 'cluster', 'resize', 'b1', '3');
    await settled('UPDATE_COMPLETE');
    expect(await ready()).toHaveLength(4);

    const events = await run(nodeBinary, [join(root, 'apps/cli/bin/jeroboam.mjs'), 'events', 'bay/b1'], { env: environment });
    expect(events.stdout).toMatch(/BayCreationRequested[\s\S]*NodeJoined[\s\S]*BayProvisioned[\s\S]*BayResized/);
    const told = JSON.parse((await run(nodeBinary, [join(root, 'apps/cli/bin/jeroboam.mjs'), 'events', `bay/${bayId}`, '--json'], { env: environment })).stdout.trim().split('\n')[0]!) as object;
    expect(told).toBeDefined();

    await openstack('coe', 'cluster', 'delete', 'b1');
    await until(async () => !(await openstack('coe', 'cluster', 'list', '-f', 'value')).includes('b1'), 60_000);
    expect(await traces(bayId, jeroboam.dataDir)).toEqual([]);
    const story = await readLog(jeroboam.dataDir);
    expect([badlyEnded(story), neverStarted(story), brokenChains(story)]).toEqual([[], [], []]);
    // Nothing that could open a door is in the history, the output or anybody's arguments.
    expect(JSON.stringify(story)).not.toMatch(/PRIVATE KEY|SWMTKN/);
    expect(jeroboam.output).not.toMatch(/PRIVATE KEY|SWMTKN/);
  }, 300_000);
});
