import { ConfigInvalid, Secret } from '@jeroboam/platform';
import type { CredentialConfig, KeystoneConfig } from '@jeroboam/profile';
import { readCloudFile } from '@jeroboam/sandbox-cloud';
import type { EmbeddedConfig } from './embedded.config.ts';
import type { SandboxLogin } from './openrc.ts';

/** The user of the sandbox that services log in as, and the one a newcomer is given. */
const SERVICE_USER = 'jeroboam';
const FIRST_USER = 'demo';
/** User, project and role in one name. */
const ADMINISTRATOR = 'admin';

/** The sandbox is reached exactly as a real Keystone is: over HTTP, as a service user. */
export function keystoneOf(config: EmbeddedConfig, sandboxUrl: string | null): KeystoneConfig {
  const { keystoneUrl, keystoneUser, keystonePassword, keystoneProject, keystoneDomain, sandboxCloudFile } = config;
  if (sandboxUrl !== null) {
    return { keystoneUrl: `${sandboxUrl}/v3`, keystoneUser: SERVICE_USER, keystonePassword: new Secret(passwordOf(SERVICE_USER, sandboxCloudFile)), keystoneProject: 'service', keystoneDomain: 'Default' };
  }
  if (config.auth === 'none') return { keystoneUrl: '', keystoneUser, keystonePassword: new Secret(''), keystoneProject, keystoneDomain };
  if (!keystoneUrl || !keystonePassword) {
    throw new ConfigInvalid([{ variable: 'JEROBOAM_AUTH', problem: 'is keystone; JEROBOAM_KEYSTONE_URL and JEROBOAM_KEYSTONE_PASSWORD (or …_PASSWORD_FILE) must say which and as whom.' }]);
  }
  return { keystoneUrl, keystoneUser, keystonePassword, keystoneProject, keystoneDomain };
}

/** Whoever makes the credentials of bays: in the sandbox its `admin`, where the cloud file has one. */
export function administratorOf({ cloudAdminUser, cloudAdminPassword, sandboxCloudFile }: EmbeddedConfig, isSandbox: boolean): Pick<CredentialConfig, 'cloudAdminUser' | 'cloudAdminPassword'> {
  if (!isSandbox || cloudAdminUser !== undefined) return { cloudAdminUser, cloudAdminPassword };
  const admin = readCloudFile(sandboxCloudFile).users.find(({ name, roles }) => name === ADMINISTRATOR && roles[ADMINISTRATOR]?.includes(ADMINISTRATOR));
  return admin ? { cloudAdminUser: admin.name, cloudAdminPassword: new Secret(admin.password) } : {};
}

export function firstLogin(sandboxUrl: string, cloudFile: string | undefined): SandboxLogin {
  return { authUrl: `${sandboxUrl}/v3`, username: FIRST_USER, password: passwordOf(FIRST_USER, cloudFile), projectName: 'demo' };
}

/** @throws {ConfigInvalid} for a cloud without a user of that name. */
function passwordOf(name: string, cloudFile: string | undefined): string {
  const user = readCloudFile(cloudFile).users.find((each) => each.name === name);
  if (!user) throw new ConfigInvalid([{ variable: 'JEROBOAM_SANDBOX_CLOUD_FILE', problem: `has no user ${name}.` }]);
  return user.password;
}
