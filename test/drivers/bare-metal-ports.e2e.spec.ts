import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedDriver } from '@jeroboam/driver-sdk/testing';
import { blueprint, k8sFedoraIronicV1 } from '@jeroboam/driver-k8s-fedora-ironic';
import { bayStackName } from '@jeroboam/heat-driver';
import { DEFAULT_CLOUD_FILE, startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { BehindTheSandbox } from './behind-the-sandbox.ts';
import { logIn, openOnCloud } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { specFor } from './heat-drivers.ts';
import { TriedLife } from './tried-life.ts';

const NICS = ['physnet1'];

/** One machine with one port for the master, and a pool with one, two and four. */
const MACHINES = [
  { name: 'for-the-master', ports: NICS }, { name: 'one', ports: NICS }, { name: 'two', ports: [...NICS, ...NICS] }, { name: 'four', ports: [...NICS, ...NICS, ...NICS, ...NICS] },
];

let folder: string;
let sandbox: SandboxCloud;
let behind: BehindTheSandbox;
let cloud: CloudUnderTest;
let opened: OpenedDriver;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jeroboam-machines-'));
  const cloudFile = join(folder, 'cloud.json');
  writeFileSync(cloudFile, JSON.stringify({ ...(JSON.parse(readFileSync(DEFAULT_CLOUD_FILE, 'utf8')) as object), machines: MACHINES }));
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {}, cloudFile });
  behind = await BehindTheSandbox.open(sandbox);
  cloud = logIn(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' });
  opened = openOnCloud(blueprint, { ...cloud, pace: { pollMs: 10, patienceMs: 30_000 } });
}, 60_000);
afterAll(async () => {
  await opened?.close();
  cloud?.session.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param second the port that workers have beside their primary one. */
const lifeWith = (second: object, workers: number) => new TriedLife(opened, k8sFedoraIronicV1, {
  workers, spec: { ...specFor(k8sFedoraIronicV1), labels: { port_plan: JSON.stringify([{ role: 'primary' }, { role: 'storage', network: 'metal', ...second }]) } },
});
/** Names of the machines in use, with how many ports their servers have. */
const inUse = async () => Object.fromEntries((await behind.machines()).filter(({ server_id: server }) => server !== null).map(({ name, server_ports: ports }) => [name, ports]));

describe('a plan of ports for machines with one, two and four', () => {
  it('never uses a machine with too few, and says that there are no others', async () => {
    const life = lifeWith({}, 2);
    expect(await life.create()).toEqual([]);
    expect(await inUse()).toEqual({ 'for-the-master': 1, two: 2, four: 2 });
    await expect(life.resize(3)).rejects.toMatchObject({
      retryable: false, message: expect.stringMatching(/No valid host was found.*2 ports are needed.*of 4 machines of class baremetal 1 are available/) as string,
    });
    expect(await inUse()).not.toHaveProperty('one');
    await life.delete();
    expect(await behind.things()).toEqual([]);
  }, 60_000);

  it('uses all where the second is optional, says who goes without, and keeps it', async () => {
    const life = lifeWith({ optional: true }, 3);
    const said = (await life.create()).map(({ message }) => message);
    expect(said).toEqual([expect.stringMatching(/workers\.\d\.server .*No valid host was found/)]);
    expect(await inUse()).toEqual({ 'for-the-master': 1, one: 1, two: 2, four: 2 });
    const [, without] = /workers\.(\d)\.server/.exec(said[0]!)!;
    const stack = await cloud.stacks.find(bayStackName(life.bay.spec));
    expect(stack?.outputs).toMatchObject({
      workers_without_optional_ports: [without],
      port_plan: [{ role: 'primary' }, { role: 'storage', optional: true, security_groups: 'skipped(port_security_disabled)' }],
    });
    // Its address is that of the primary port, whatever else it has.
    expect(life.bay.nodes.every(({ address }) => address?.startsWith('10.1.0.'))).toBe(true);
    await life.delete();
    expect(await behind.things()).toEqual([]);
  }, 60_000);
});
