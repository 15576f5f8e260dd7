import { KEYSTONE_ADMIN, addDomainAdmin } from '../testing/keystone-domains.ts';
import { purposeCredentialsContract } from '../testing/purpose-credentials.contract.ts';
import type { CredentialsUnderTest } from '../testing/purpose-credentials.contract.ts';
import { RealKeystone } from '../testing/real-keystone.ts';

const MEMBER = { username: 'demo', password: 'secret', projectName: 'demo' };
const ADMIN = { username: 'boss', password: 'secret', projectName: 'demo' };
const DOMAIN_ADMIN = { domain: 'bays', username: 'bays_admin', password: 'secret' };

async function realKeystone(): Promise<CredentialsUnderTest> {
  const keystone = await RealKeystone.start({
    projects: [{ name: 'demo' }],
    users: [
      { name: MEMBER.username, password: MEMBER.password, roles: { demo: ['member'] } },
      { name: ADMIN.username, password: ADMIN.password, roles: { demo: ['admin'] } },
    ],
    services: [],
  });
  const { domainId } = await addDomainAdmin(keystone.authUrl, DOMAIN_ADMIN);
  return {
    authUrl: keystone.authUrl, member: MEMBER, admin: ADMIN, systemAdmin: KEYSTONE_ADMIN,
    domainAdmin: { ...DOMAIN_ADMIN, domainId, domainName: DOMAIN_ADMIN.domain },
    close: () => keystone.close(),
  };
}

purposeCredentialsContract('a real Keystone', realKeystone);
