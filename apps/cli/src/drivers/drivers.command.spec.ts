import { FakeCloud } from '../testing/fake-cloud.ts';
import { runHere } from '../testing/run-here.ts';

const driver = {
  name: 'swarm_local', version: '1.0.0', state: 'active', provides: [{ server_type: 'vm', os: 'debian', coe: 'swarm-mode' }],
  capabilities: { operations: ['resize'], limitations: ['One host only.'] }, available: false,
  missing: [
    { what: 'dockerd', reason: 'It runs the nodes.', package: 'docker.io' },
    { what: 'root', reason: 'Networks need it.', package: null },
  ],
};
const healthy = { ...driver, name: 'k8s', available: true, missing: [], capabilities: { operations: [], limitations: [] } };

let cloud: FakeCloud;
beforeEach(async () => { cloud = await FakeCloud.open(); });
afterEach(() => cloud.close());

describe('jeroboam drivers', () => {
  it('lists drivers with what they make, what they lack, and how to get it', async () => {
    cloud.on('GET /v1/drivers', { body: [driver, healthy] });
    const { status, stdout, stderr } = await runHere(['drivers'], { env: cloud.env });
    expect(status).toBe(0);
    expect(stdout).toBe([
      'NAME         VERSION  STATE   AVAILABLE  MAKES',
      'swarm_local  1.0.0    active  no         swarm-mode on debian (vm)',
      '  missing dockerd: It runs the nodes. (package docker.io)',
      '  missing root: Networks need it.',
      '  One host only.',
      'k8s          1.0.0    active  yes        swarm-mode on debian (vm)',
      '',
    ].join('\n'));
    expect(stderr).toBe('To install what is missing on the executor\'s host: apt-get install docker.io\n');
  });

  it('says that nobody knows when no executor answers', async () => {
    cloud.on('GET /v1/drivers', { body: [{ ...driver, available: null, missing: [] }] });
    const { stdout, stderr } = await runHere(['drivers'], { env: cloud.env });
    expect(stdout).toContain('unknown');
    expect(stderr).toContain('No driver executor answers');
  });

  it('gives what the service gave with --json, and nothing else', async () => {
    cloud.on('GET /v1/drivers', { body: [driver] });
    const { stdout, stderr } = await runHere(['drivers', '--json'], { env: cloud.env });
    expect(JSON.parse(stdout)).toEqual([driver]);
    expect(stderr).toBe('');
  });
});
