import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BehindTheSandbox } from '../drivers/behind-the-sandbox.ts';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { PretendNode, lookAt, placesWith, secretsIn, userDataOf } from './harness/pretend-node.ts';
import { ServiceProcesses } from './harness/services.ts';

describe('a node of a bay of services that are processes of their own', () => {
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-nodes-'));
  let services: ServiceProcesses;
  let cloud: BehindTheSandbox;

  beforeAll(async () => {
    services = await ServiceProcesses.start({ JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-fedora-atomic,@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_LOG_LEVEL: 'trace' });
    cloud = await BehindTheSandbox.open({ url: services.authUrl.replace('/v3', '') });
    await cloud.breaks({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'hang' });
  }, 120_000);
  afterAll(async () => {
    await services?.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  it('fetches its certificate by a token that one process asked another for and that none of them has kept', async () => {
    const api = new ApiClient(services.apiUrl, await login({ authUrl: services.authUrl }));
    const { body } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', {
      name: 'swarm', coe: 'swarm-mode', image_id: 'fedora-atomic', external_network_id: 'public', flavor_id: 'm1.small', master_flavor_id: 'm1.small',
    });
    const bay = await api.createBay(body.uuid, { name: 's1', node_count: 1 });
    const node = new PretendNode(directory, await userDataOf(services.dataDir, /^s1-.*-worker-0$/));
    services.kill('certificate-authority');
    services.kill('driver-executor');
    // The script asks again until the authority is back.
    const pki = await node.swarmCertificates();
    expect(await lookAt(join(pki, 'cert.pem'), join(pki, 'ca.pem'))).toMatch(/^subject=CN=s1-.*-worker-0$/);
    await cloud.mend();
    expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], 120_000)).toMatchObject({ status: 'CREATE_COMPLETE' });
    const secrets = secretsIn(services.dataDir);
    expect(secrets).toHaveLength(3);
    expect(await placesWith(secrets, services.dataDir, { output: services.output })).toEqual([]);
  }, 300_000);

  it('fetches what one process keeps in the secret store through another, which keeps nothing of it', async () => {
    await cloud.breaks({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'hang' });
    const api = new ApiClient(services.apiUrl, await login({ authUrl: services.authUrl }));
    const { body } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', {
      name: 'volumes', coe: 'kubernetes', server_type: 'vm', image_id: 'fedora-coreos', external_network_id: 'public', flavor_id: 'm1.small', master_flavor_id: 'm1.small', volume_driver: 'cinder',
    });
    await api.createBay(body.uuid, { name: 'k1', node_count: 1 });
    const node = new PretendNode(directory, await userDataOf(services.dataDir, /^k1-.*-worker-0$/));
    await node.kubernetesCertificates();
    const [, secret] = /^application-credential-secret=(.+)$/m.exec(readFileSync(join(await node.kubernetesCredentials(), 'cloud-volume.conf'), 'utf8')) ?? [];
    expect(secret).toMatch(/.{40}/);
    expect((await readLog(services.dataDir)).filter(({ type }) => type === 'NodeCredentialHandedOut')).toHaveLength(1);
    expect(await placesWith([secret!, ...secretsIn(services.dataDir)], services.dataDir, { output: services.output })).toEqual([]);
    await cloud.mend();
  }, 300_000);
});
