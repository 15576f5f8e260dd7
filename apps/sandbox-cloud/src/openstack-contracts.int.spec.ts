import { cloudLookupsContract, keystoneTokenValidatorContract, login, purposeCredentialsContract, realCloudOf } from '@jeroboam/openstack/testing';
import type { CredentialsUnderTest, IdentityUnderTest } from '@jeroboam/openstack/testing';
import { BAYS_DOMAIN } from './identity/principals.ts';
import { startSandboxCloud } from './sandbox-cloud.ts';
import { cloudFileWith } from './testing/cloud-file-with.ts';
import { MEMBER, SERVICE, THINGS, TWINS } from './testing/things.ts';

const OWN_NETWORK = {
  name: 'own', project: 'demo', router: 'public', subnets: [{ name: 'own-4', cidr: '10.9.0.0/24' }, { name: 'own-6', cidr: 'fd00:9::/64' }],
};
const A_DAY_MS = 86_400_000;

async function sandbox(): Promise<IdentityUnderTest> {
  const file = cloudFileWith({ ...TWINS, networks: [OWN_NETWORK] });
  const clock = { shiftMs: 0 };
  const open = (port: number) =>
    startSandboxCloud({ port, containerInfraUrl: 'http://127.0.0.1:9511/v1', cloudFile: file.path, now: () => Date.now() + clock.shiftMs });
  let cloud = await open(0);
  const authUrl = `${cloud.url}/v3`;
  return {
    authUrl, service: SERVICE, member: MEMBER,
    control: {
      goAway: () => cloud.close(),
      async comeBack() {
        cloud = await open(Number(new URL(authUrl).port));
      },
      async expiredToken() {
        clock.shiftMs = -A_DAY_MS;
        const token = await login(authUrl, MEMBER);
        clock.shiftMs = 0;
        return token;
      },
    },
    async close() {
      await cloud.close();
      file.remove();
    },
  };
}

keystoneTokenValidatorContract('the sandbox cloud', sandbox, 'faults');
cloudLookupsContract('the sandbox cloud', sandbox, { ...THINGS, routedNetwork: OWN_NETWORK.name });

async function identity(): Promise<CredentialsUnderTest> {
  const cloud = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1' });
  const admin = { username: 'admin', password: 'secret' };
  return {
    authUrl: `${cloud.url}/v3`, member: MEMBER, admin: { ...admin, projectName: 'demo' }, systemAdmin: admin,
    domainAdmin: { ...admin, domainId: BAYS_DOMAIN.id, domainName: 'Default' }, close: () => cloud.close(),
  };
}

purposeCredentialsContract('the sandbox cloud', identity);

const real = realCloudOf(process.env);
if (real) keystoneTokenValidatorContract('a real cloud', async () => real.identity);
if (real?.things) cloudLookupsContract('a real cloud', async () => real.identity, real.things);
