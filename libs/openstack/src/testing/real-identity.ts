import type { IdentityUnderTest } from './keystone-token-validator.contract.ts';
import type { KeystoneContents } from './keystone-admin.ts';
import { login } from './login.ts';
import type { Login } from './login.ts';
import { RealKeystone } from './real-keystone.ts';

const SERVICE: Login = { username: 'jeroboam', password: 'secret', projectName: 'service' };
const MEMBER: Login = { username: 'demo', password: 'secret', projectName: 'demo' };

/** Just enough for the contract suite of the token validator: a service user, a member and a catalog. */
const CONTENTS: KeystoneContents = {
  projects: [{ name: 'service' }, { name: 'demo' }],
  users: [
    { name: SERVICE.username, password: SERVICE.password, roles: { service: ['service'] } },
    { name: MEMBER.username, password: MEMBER.password, roles: { demo: ['member'] } },
  ],
  services: [
    { type: 'container-infra', name: 'magnum', url: 'http://127.0.0.1:9511/v1' },
    { type: 'image', name: 'glance', url: 'http://127.0.0.1:9292' },
    { type: 'compute', name: 'nova', url: 'http://127.0.0.1:8774/v2.1' },
    { type: 'network', name: 'neutron', url: 'http://127.0.0.1:9696' },
  ],
};

/** A real Keystone as the contract suite wants it. */
export async function startRealIdentity(): Promise<IdentityUnderTest & { readonly keystone: RealKeystone }> {
  const keystone = await RealKeystone.start(CONTENTS);
  return {
    keystone, authUrl: keystone.authUrl, service: SERVICE, member: MEMBER,
    control: {
      goAway: () => keystone.kill(),
      comeBack: () => keystone.resume(),
      expiredToken: () => keystone.expired(() => login(keystone.authUrl, MEMBER)),
    },
    close: () => keystone.close(),
  };
}
