import { cloudLookupsContract, keystoneTokenValidatorContract, realCloudOf } from '@jeroboam/openstack/testing';
import type { IdentityUnderTest } from '@jeroboam/openstack/testing';
import { startSandboxCloud } from './sandbox-cloud.ts';
import { cloudFileWith } from './testing/cloud-file-with.ts';

async function sandbox(): Promise<IdentityUnderTest> {
  const file = cloudFileWith({ images: [{ name: 'twin' }, { name: 'twin', id: '6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d8' }] });
  const cloud = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', cloudFile: file.path });
  return {
    authUrl: `${cloud.url}/v3`,
    service: { username: 'jeroboam', password: 'secret', projectName: 'service' },
    member: { username: 'demo', password: 'secret', projectName: 'demo' },
    async close() {
      await cloud.close();
      file.remove();
    },
  };
}

keystoneTokenValidatorContract('the sandbox cloud', sandbox);
cloudLookupsContract('the sandbox cloud', sandbox, {
  image: { name: 'cirros', osDistro: 'cirros' },
  flavor: { name: 'm1.small', vcpus: 1, ramMb: 2_048, diskGb: 20 },
  keypair: 'default',
  externalNetwork: 'public',
  network: 'private',
  subnet: 'private-subnet',
  twinImages: 'twin',
});

const real = realCloudOf(process.env);
if (real) keystoneTokenValidatorContract('a real cloud', async () => real.identity);
if (real?.things) cloudLookupsContract('a real cloud', async () => real.identity, real.things);
