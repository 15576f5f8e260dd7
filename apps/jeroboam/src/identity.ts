import { ConfigInvalid, Secret } from '@jeroboam/platform';
import type { KeystoneConfig } from '@jeroboam/profile';
import { readCloudFile } from '@jeroboam/sandbox-cloud';
import type { EmbeddedConfig } from './embedded.config.ts';
import type { SandboxLogin } from './openrc.ts';

/** The user of the sandbox that services log in as, and the one a newcomer is given. */
const SERVICE_USER = 'jeroboam';
const FIRST_USER = 'demo';

/** The sandbox is reached exactly as a real Keystone is: over HTTP, as a service user. */
export function keystoneOf(config: EmbeddedConfig, sandboxUrl: string | null): KeystoneConfig {
  const { keystoneUrl, keystoneUser, keystonePassword, keystoneProject, keystoneDomain } = config;
  if (sandboxUrl !== null) {
    return { keystoneUrl: `${sandboxUrl}/v3`, keystoneUser: SERVICE_USER, keystonePassword: new Secret(passwordOf(SERVICE_USER)), keystoneProject: 'service', keystoneDomain: 'Default' };
  }
  if (config.auth === 'none') return { keystoneUrl: '', keystoneUser, keystonePassword: new Secret(''), keystoneProject, keystoneDomain };
  if (!keystoneUrl || !keystonePassword) {
    throw new ConfigInvalid([{ variable: 'JEROBOAM_AUTH', problem: 'is keystone; JEROBOAM_KEYSTONE_URL and JEROBOAM_KEYSTONE_PASSWORD (or …_PASSWORD_FILE) must say which and as whom.' }]);
  }
  return { keystoneUrl, keystoneUser, keystonePassword, keystoneProject, keystoneDomain };
}

export function firstLogin(sandboxUrl: string): SandboxLogin {
  return { authUrl: `${sandboxUrl}/v3`, username: FIRST_USER, password: passwordOf(FIRST_USER), projectName: 'demo' };
}

function passwordOf(name: string): string {
  return readCloudFile().users.find((user) => user.name === name)!.password;
}
