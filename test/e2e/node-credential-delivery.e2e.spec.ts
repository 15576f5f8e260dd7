import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeystoneSession } from '@jeroboam/openstack';
import type { CloudSession } from '@jeroboam/openstack';
import { Secret } from '@jeroboam/platform';
import { BehindTheSandbox } from '../drivers/behind-the-sandbox.ts';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { PretendNode, placesWith, secretsIn, userDataOf } from './harness/pretend-node.ts';
import { EmbeddedProcess } from './harness/process.ts';

const KUBERNETES = { coe: 'kubernetes', image_id: 'fedora-coreos', external_network_id: 'public', server_type: 'vm', flavor_id: 'm1.small', master_flavor_id: 'm1.small' };

/** Nodes that run nowhere but here: what their user data does for what they act with in the cloud. */
describe('nodes that fetch their credentials', () => {
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-credentials-'));
  const secrets = new Set<string>();
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let withVolumes: string;
  let other: string;
  let plain: string;
  let late: PretendNode;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({
      env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_LOG_LEVEL: 'trace', JEROBOAM_NOTIFIER_FILE: join(directory, 'told.jsonl'), JEROBOAM_CLOUD_REGION: 'RegionOne' },
    });
    api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
    await holdBoots();
    const template = async (more: object) => (await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', { ...KUBERNETES, ...more })).body.uuid;
    const cinder = await template({ name: 'with-volumes', volume_driver: 'cinder' });
    withVolumes = await api.createBay(cinder, { name: 'v1', node_count: 1 });
    other = await api.createBay(cinder, { name: 'v2', node_count: 1 });
    plain = await api.createBay(await template({ name: 'plain' }), { name: 'p1', node_count: 1 });
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
  const fetched = ({ token }: { readonly token: string }, bay: string, purpose: string) => (
    new ApiClient(jeroboam.apiUrl, token).call<{ secret: string; errors?: readonly { detail: string }[] }>('GET', `/v1/clusters/${bay}/credentials/${purpose}`));
  const refusalOf = async (node: { readonly token: string }, bay: string, purpose: string) => {
    const { status, body } = await fetched(node, bay, purpose);
    return [status, body.errors?.[0]?.detail.replace('The bootstrap token was refused: ', '')];
  };
  const handedOut = async (bay: string) => (await told(bay, 'NodeCredentialHandedOut')).map(({ data }) => data);
  /** Comes up as far as it can without a cloud; where it keeps what it acts with. */
  const comesUp = async (node: PretendNode) => {
    await node.kubernetesCertificates();
    return join(await node.kubernetesCredentials(), 'cloud-volume.conf');
  };
  const untilTold = async (bay: string, what: (event: Awaited<ReturnType<typeof readLog>>[number]) => boolean) => {
    for (const end = Date.now() + 60_000; !(await readLog(jeroboam.dataDir)).some((event) => event.stream.endsWith(bay) && what(event)); await sleep(100)) {
      if (Date.now() > end) throw new Error('it did not happen');
    }
  };
  const told = async (bay: string, ...types: string[]) => (await readLog(jeroboam.dataDir)).filter(({ type, stream }) => types.includes(type) && stream.endsWith(bay));

  /** Logs in with what a node has in its file. */
  function sessionOf(file: string): CloudSession {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const settings = Object.fromEntries([...readFileSync(file, 'utf8').matchAll(/^([a-z-]+)=(.+)$/gm)].map(([, name, value]) => [name!, value!]));
    expect(Object.keys(settings).sort()).toEqual(['application-credential-id', 'application-credential-secret', 'auth-url', 'region']);
    const secret = settings['application-credential-secret']!;
    secrets.add(secret);
    return openKeystoneSession({ authUrl: settings['auth-url']!, credentials: { kind: 'application-credential', id: settings['application-credential-id']!, secret: new Secret(secret) } });
  }

  it('have what opens volumes and nothing else, by the lines of their own script, and the ledger says who', async () => {
    for (const role of ['worker', 'master'] as const) {
      const session = sessionOf(await comesUp(await nodeOf(new RegExp(`^v1-.*-${role}-0$`))));
      const asked = async (service: 'volumev3' | 'network' | 'compute', path: string) => (await session.request({ service, method: 'GET', path })).status;
      expect([await asked('volumev3', '/volumes'), await asked('network', '/networks'), await asked('compute', '/servers')]).toEqual([200, 401, 401]);
      session.close();
    }
    const minted = (await readLog(jeroboam.dataDir)).filter(({ type, stream }) => type === 'CredentialMinted' && stream === `bay-${withVolumes}`).map(({ data }) => data);
    const { name, fingerprint } = minted.find(({ purpose }) => purpose === 'volume') as { name: string; fingerprint: string };
    const entry = (role: string) => ({
      bayId: withVolumes, purpose: 'volume', credential: name, fingerprint,
      bootstrap: { role, node: expect.stringMatching(`^v1-.*-${role}-0$`) as string, tokenId: expect.any(String) as string, at: expect.any(String) as string },
    });
    expect(await handedOut(withVolumes)).toEqual([entry('worker'), entry('master')]);
    const inUse = (await told(withVolumes, 'NodeCredentialInUse')).map(({ data }) => data);
    expect(inUse).toEqual(['worker', 'master'].map((role) => ({ ...entry(role), certificate: expect.stringMatching(/^[0-9a-f]{64}$/) as string })));
  }, 180_000);

  it('get the same when they ask again, and it is written down once', async () => {
    const { status, headers, body } = await fetched(await nodeOf(/^v1-.*-worker-0$/), withVolumes, 'volume');
    expect([status, headers.get('cache-control'), secrets.has(body.secret)]).toEqual([200, 'no-store', true]);
    expect(await handedOut(withVolumes)).toHaveLength(2);
  }, 60_000);

  it('are refused what is not theirs: another purpose, another cluster’s, what makes clusters; and users are, whoever they are', async () => {
    const [worker, master, stranger] = await Promise.all([/^v1-.*-worker-0$/, /^v1-.*-master-0$/, /^v2-.*-worker-0$/].map(nodeOf));
    const notTheirs = [403, 'such a node may not have this credential.'];
    expect(await refusalOf(worker!, withVolumes, 'network')).toEqual(notTheirs);
    for (const purpose of ['control', 'principal', 'nonsense']) for (const node of [worker!, master!]) expect(await refusalOf(node, withVolumes, purpose)).toEqual(notTheirs);
    expect(await refusalOf(master!, withVolumes, 'network')).toEqual([404, `Cluster ${withVolumes} has no credential for network.`]);
    const unknown = [403, 'there is no such token for this cluster.'];
    expect(await refusalOf(stranger!, withVolumes, 'volume')).toEqual(unknown);
    expect(await refusalOf(worker!, other, 'volume')).toEqual(unknown);
    expect(await refusalOf({ token: worker!.token.replace('node:worker', 'node:master') }, withVolumes, 'volume')).toEqual(unknown);
    for (const user of [{}, { username: 'admin', projectName: 'admin' }]) {
      expect(await refusalOf({ token: await login({ authUrl: jeroboam.authUrl, ...user }) }, withVolumes, 'volume')).toEqual(unknown);
    }
    expect(await handedOut(withVolumes)).toHaveLength(2);
  }, 60_000);

  it('ask for none where the cluster has none', async () => {
    const node = await nodeOf(/^p1-.*-worker-0$/);
    expect(existsSync(await comesUp(node))).toBe(false);
    expect(await refusalOf(node, plain, 'volume')).toEqual([403, 'such a node may not have this credential.']);
    expect(await refusalOf(await nodeOf(/^p1-.*-master-0$/), plain, 'volume')).toEqual([404, `Cluster ${plain} has no credential for volume.`]);
    expect(await handedOut(plain)).toEqual([]);
  }, 60_000);

  it('are too late for a share when their stack is there, and are known by their key', async () => {
    const lateMaster = await nodeOf(/^v2-.*-master-0$/);
    late = await nodeOf(/^v2-.*-worker-0$/);
    const file = await comesUp(late);
    await letBoot();
    expect(await api.until(other, ['CREATE_COMPLETE', 'CREATE_FAILED'], 120_000)).toMatchObject({ status: 'CREATE_COMPLETE' });
    for (const node of [late, lateMaster]) expect(await refusalOf(node, other, 'volume')).toEqual([403, 'all nodes it was for are there.']);
    rmSync(file);
    expect(await comesUp(late)).toBe(file);
    sessionOf(file).close();
    expect(await handedOut(other)).toHaveLength(1);
  }, 180_000);

  it('go through a rotation without an outage: the old credential goes when they say that they use the new one', async () => {
    const file = await comesUp(late);
    const old = join(directory, 'old.conf');
    copyFileSync(file, old);
    const opens = async (settings: string) => {
      const session = sessionOf(settings);
      const status = await session.request({ service: 'volumev3', method: 'GET', path: '/volumes' }).then((answer) => answer.status, () => 'no login');
      session.close();
      return status;
    };
    const ledger = async () => (await readLog(jeroboam.dataDir)).filter(({ stream }) => stream === `certificates-${other}`).length;
    const before = await ledger();
    await late.kubernetesCredentials();
    expect([await ledger(), readFileSync(file, 'utf8')]).toEqual([before, readFileSync(old, 'utf8')]);

    expect((await api.call('PATCH', `/v1/credentials/${other}`)).status).toBe(202);
    await untilTold(other, ({ type, data }) => type === 'OperationStepDispatched' && data['step'] === 'distribute-credentials');
    expect(await opens(old)).toBe(200);
    await late.kubernetesCredentials();
    expect(readFileSync(file, 'utf8')).not.toBe(readFileSync(old, 'utf8'));
    expect(await opens(file)).toBe(200);
    expect(await api.until(other, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], 120_000)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect([await opens(old), await opens(file)]).toEqual(['no login', 200]);
    const story = (await readLog(jeroboam.dataDir)).filter(({ type, stream, data }) => stream.endsWith(other) && /^(?:NodeCredential|CredentialM|CredentialRevoked)/.test(type) && /volume/.test(JSON.stringify(data)));
    const generationOf = ({ credential, name }: Record<string, unknown>) => String(credential ?? name).slice(-1);
    expect(story.map(({ type, data }) => `${type} ${generationOf(data)}`)).toEqual([
      'CredentialMinted 1', 'NodeCredentialHandedOut 1', 'NodeCredentialInUse 1', 'CredentialMinted 2', 'NodeCredentialHandedOut 2', 'NodeCredentialInUse 2', 'CredentialRevoked 1',
    ]);
    expect(jeroboam.output).not.toContain('have not taken their new credentials');
  }, 240_000);

  it('leave what they got in no event, no log line, no notification and no file of ours', async () => {
    // One of each of two clusters, of one of them two: a node has none of its own.
    expect(secrets.size).toBe(3);
    const more = { output: jeroboam.output, notifications: readFileSync(join(directory, 'told.jsonl'), 'utf8') };
    expect(more.output).toContain('a bootstrap token was refused');
    expect(await placesWith([...secrets, ...secretsIn(jeroboam.dataDir)], jeroboam.dataDir, more)).toEqual([]);
  }, 60_000);
});

describe('a node that does not answer in time', () => {
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-silent-'));
  let jeroboam: EmbeddedProcess;
  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_CREDENTIAL_OVERLAP_MINUTES: '0' } });
  }, 120_000);
  afterAll(async () => {
    await jeroboam?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('does not keep the old credential alive: the story of the bay names it, and it finds the new one when it asks', async () => {
    const api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
    const cloud = await BehindTheSandbox.open({ url: jeroboam.authUrl.replace('/v3', '') });
    await cloud.breaks({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'hang' });
    const { uuid } = (await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', { ...KUBERNETES, name: 'with-volumes', volume_driver: 'cinder' })).body;
    const bay = await api.createBay(uuid, { name: 's1', node_count: 1 });
    const node = new PretendNode(directory, await userDataOf(jeroboam.dataDir, /^s1-.*-worker-0$/));
    await node.kubernetesCertificates();
    const file = join(await node.kubernetesCredentials(), 'cloud-volume.conf');
    const old = readFileSync(file, 'utf8');
    await cloud.mend();
    expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], 120_000)).toMatchObject({ status: 'CREATE_COMPLETE' });
    await api.call('PATCH', `/v1/credentials/${bay}`);
    expect(await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], 120_000)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    const revoked = (await readLog(jeroboam.dataDir)).filter(({ type, data }) => type === 'CredentialRevoked' && data['purpose'] === 'volume');
    expect(revoked.map(({ data }) => data['leaves'])).toEqual([[expect.stringMatching(/^s1-.*-worker-0$/)]]);
    expect(jeroboam.output).toContain('nodes have not taken their new credentials in time');
    await node.kubernetesCredentials();
    expect(readFileSync(file, 'utf8')).not.toBe(old);
  }, 240_000);
});
