import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BehindTheSandbox } from '../drivers/behind-the-sandbox.ts';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { PretendNode, lookAt, newRequest, placesWith, secretsIn, userDataOf } from './harness/pretend-node.ts';
import { EmbeddedProcess } from './harness/process.ts';

/** Nodes that run nowhere but here: what their user data does, against the API, with what is in it. */
describe('nodes that fetch their certificates', () => {
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-nodes-'));
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let output = '';
  let first: string;
  let second: string;
  let swarm: string;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({
      env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos,@jeroboam/driver-swarm-fedora-atomic', JEROBOAM_LOG_LEVEL: 'trace', JEROBOAM_NOTIFIER_FILE: join(directory, 'told.jsonl') },
    });
    api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
    await holdBoots();
    first = await api.createBay('kubernetes', { name: 'k1', node_count: 1 });
    second = await api.createBay('kubernetes', { name: 'k2', node_count: 1 });
    const { body } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', {
      name: 'swarm', coe: 'swarm-mode', image_id: 'fedora-atomic', external_network_id: 'public', flavor_id: 'm1.small', master_flavor_id: 'm1.small',
    });
    swarm = await api.createBay(body.uuid, { name: 's1', node_count: 1 });
  }, 120_000);
  afterAll(async () => {
    await jeroboam?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const cloud = () => BehindTheSandbox.open({ url: jeroboam.authUrl.replace('/v3', '') });
  /** Servers are there and do nothing, until `letBoot`: meanwhile somebody else does what their user data says. */
  const holdBoots = async () => (await cloud()).breaks({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'hang' });
  const letBoot = async () => (await cloud()).mend();
  const nodeOf = async (name: RegExp) => new PretendNode(directory, await userDataOf(jeroboam.dataDir, name));
  const asNode = ({ token }: PretendNode) => new ApiClient(jeroboam.apiUrl, token);
  const sign = async (node: PretendNode, bay: string, subject: string) =>
    asNode(node).call<{ errors?: readonly { status: number; detail: string; request_id: string }[] }>('POST', '/v1/certificates', { cluster_uuid: bay, csr: await newRequest(directory, subject) });
  /** What the log says of a refused request. */
  function logged(requestId: string): Record<string, unknown> | undefined {
    return jeroboam.output.split('\n').filter((line) => line.includes('a bootstrap token was refused') && line.includes(requestId)).map((line) => JSON.parse(line) as Record<string, unknown>)[0];
  }

  it('takes a certificate with what is in its user data: a Kubernetes worker, a master, a Swarm node', async () => {
    const worker = await (await nodeOf(/^k1-.*-worker-0$/)).kubernetesCertificates();
    expect(await lookAt(join(worker, 'kubelet.crt'), join(worker, 'ca.crt'))).toMatch(/^subject=CN=system:node:k1-.*-worker-0,O=system:nodes$/);
    const master = await (await nodeOf(/^k1-.*-master-0$/)).kubernetesCertificates();
    for (const [file, authority] of [['apiserver', 'ca.crt'], ['admin', 'ca.crt'], ['etcd/member', 'etcd/ca.crt'], ['front-proxy-client', 'front-proxy-ca.crt']] as const) {
      expect(await lookAt(join(master, `${file}.crt`), join(master, authority))).toMatch(/^subject=CN=/);
    }
    expect(readFileSync(join(master, 'ca.crt'), 'utf8')).toBe(readFileSync(join(worker, 'ca.crt'), 'utf8'));
    const node = await (await nodeOf(/^s1-.*-worker-0$/)).swarmCertificates();
    expect(await lookAt(join(node, 'cert.pem'), join(node, 'ca.pem'))).toMatch(/^subject=CN=s1-.*-worker-0$/);
    const issued = (await readLog(jeroboam.dataDir)).filter(({ type, stream }) => type === 'CertificateIssued' && stream.endsWith(swarm));
    expect(issued.map(({ data }) => data['bootstrap'])).toEqual([expect.objectContaining({ role: 'worker', node: expect.stringMatching(/^s1-.*-worker-0$/) as string })]);
  }, 180_000);

  it('is refused a second certificate, and one that is not its own, and the log says why', async () => {
    const worker = await nodeOf(/^k1-.*-worker-0$/);
    const [, , name] = worker.token.split(':');
    const other = await nodeOf(/^k2-.*-worker-0$/);
    for (const [node, bay, subject, reason, detail] of [
      [worker, first, `/O=system:nodes/CN=system:node:${name}`, 'used-up', 'it has been used for this already'],
      [worker, first, '/O=system:masters/CN=admin', 'not-allowed', 'such a node may not have this certificate'],
      [other, first, '/CN=x', 'unknown', 'there is no such token for this cluster'],
      [worker, second, '/CN=x', 'unknown', 'there is no such token for this cluster'],
    ] as const) {
      const { status, body } = await sign(node, bay, subject);
      expect([status, body.errors?.[0]]).toEqual([403, expect.objectContaining({ status: 403, detail: `The bootstrap token was refused: ${detail}.` })]);
      expect(logged(body.errors![0]!.request_id)).toMatchObject({ bayId: bay, reason, role: 'worker' });
    }
    expect((await asNode(worker).call('GET', `/v1/certificates/${second}`)).status).toBe(403);
    expect((await asNode(worker).call('GET', `/v1/certificates/${first}?ca_cert_type=etcd`)).status).toBe(200);
  }, 60_000);

  it('is let in nowhere else', async () => {
    const node = asNode(await nodeOf(/^k1-.*-master-0$/));
    for (const [method, path] of [['GET', '/v1/clusters'], ['GET', `/v1/clusters/${first}`], ['DELETE', `/v1/clusters/${first}`], ['PATCH', `/v1/certificates/${first}`], ['GET', '/v1/events']] as const) {
      expect([path, (await node.call(method, path)).status]).toEqual([path, 401]);
    }
  });

  it('is let in after the service was killed and started again', async () => {
    output += jeroboam.output;
    await jeroboam.kill();
    await jeroboam.start();
    api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
    const worker = await nodeOf(/^k2-.*-worker-0$/);
    const pki = await worker.kubernetesCertificates();
    expect(await lookAt(join(pki, 'kubelet.crt'), join(pki, 'ca.crt'))).toMatch(/O=system:nodes/);
    // What is there is not asked for again, and asking the same again is no second use.
    rmSync(join(pki, 'kubelet.crt'));
    await worker.kubernetesCertificates();
    expect(existsSync(join(pki, 'kubelet.crt'))).toBe(true);
  }, 120_000);

  it('is too late when its stack is there, and a node that comes later has a token of its own', async () => {
    const late = await nodeOf(/^k2-.*-master-0$/);
    await letBoot();
    for (const bay of [first, second, swarm]) expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], 120_000)).toMatchObject({ status: 'CREATE_COMPLETE' });
    const { status, body } = await sign(late, second, '/O=system:masters/CN=admin');
    expect([status, body.errors?.[0]?.detail]).toEqual([403, 'The bootstrap token was refused: all nodes it was for are there.']);
    expect(logged(body.errors![0]!.request_id)).toMatchObject({ reason: 'closed', role: 'master' });
    await holdBoots();
    await api.call('POST', `/v1/clusters/${second}/actions/resize`, { node_count: 2 });
    const pki = await (await nodeOf(/^k2-.*-worker-1$/)).kubernetesCertificates();
    expect(await lookAt(join(pki, 'kubelet.crt'), join(pki, 'ca.crt'))).toMatch(/CN=system:node:k2-.*-worker-1/);
    await letBoot();
    expect(await api.until(second, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], 120_000)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  }, 300_000);

  it('leaves its token in no event, no log line, no notification and no file of ours', async () => {
    const secrets = secretsIn(jeroboam.dataDir);
    // A token of each of three stacks and of one resize, and a share of each node.
    expect(secrets.length).toBeGreaterThanOrEqual(4 + 7);
    expect(existsSync(join(jeroboam.dataDir, 'event-log.sqlite'))).toBe(true);
    expect((await readLog(jeroboam.dataDir)).map(({ type }) => type)).toContain('BootstrapTokenMinted');
    const more = { output: output + jeroboam.output, notifications: readFileSync(join(directory, 'told.jsonl'), 'utf8') };
    expect(await placesWith(secrets, jeroboam.dataDir, more)).toEqual([]);
  }, 60_000);
});
