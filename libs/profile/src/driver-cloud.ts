import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import type { CloudAccess, DriverManifest } from '@jeroboam/driver-sdk';
import { credentialRefs, openBayKeystone, openHeatStacks, openHttpPool, openKeystoneSession, openPurposeCredentials, probeAccessRules } from '@jeroboam/openstack';
import type { AccessRuleProbe, AccessRuleSupport, BayKeystone, CloudCredentials, CloudSession } from '@jeroboam/openstack';
import { ConfigInvalid, systemClock, systemTimers } from '@jeroboam/platform';
import type { Secret } from '@jeroboam/platform';
import type { ServiceContext } from '@jeroboam/platform/nest';
import { openLocalSecretStore } from '@jeroboam/secrets';
import type { SecretStore } from '@jeroboam/secrets';
import { dataLayout } from './backbone.ts';
import type { CatalogConfig, KeystoneConfig } from './backbone.ts';
import { BaySessions } from './bay-sessions.ts';
import { OrphanProbe } from './orphan-probe.ts';

export interface CredentialConfig {
  readonly cloudAdminUser?: string | undefined;
  readonly cloudAdminPassword?: Secret | undefined;
  readonly cloudAdminProject: string;
  readonly cloudAdminDomain: string;
  readonly bayDomain: string;
  readonly credentialMode: 'service_user' | 'app_cred' | 'trust';
  readonly bayRoles: readonly string[];
  readonly credentialLifetimeDays: number;
  readonly credentialOverlapMinutes: number;
  readonly credentialsWithoutAccessRules: boolean;
}

export interface DriverCloudOptions {
  /** Our API, with `/v1`, as nodes of bays reach it. */
  readonly apiUrl: string;
  /** Nothing runs on its servers. */
  readonly simulated: boolean;
  /** Where the credentials of bays are kept. */
  readonly secrets: SecretStore;
}

/** What an executor makes and revokes the credentials of bays with. */
export interface CredentialParts {
  readonly keystone: BayKeystone;
  readonly secrets: SecretStore;
  readonly mode: CredentialConfig['credentialMode'];
  readonly roles: readonly string[];
  readonly lifetimeDays: number;
  readonly overlapMinutes: number;
  readonly withoutAccessRules: boolean;
  probe(probe: AccessRuleProbe, as: CloudCredentials): Promise<AccessRuleSupport>;
}

export interface DriverCloud {
  readonly access: CloudAccess;
  /** Null: no administrator is configured, so bays act as the service user. */
  readonly credentials: CredentialParts | null;
  /** Null: as above. */
  readonly orphans: OrphanProbe | null;
  close(): void;
}

type CloudConfig = KeystoneConfig & CatalogConfig & CredentialConfig;

/**
 * The way into the cloud for drivers: as each bay's own credential, and as the service user in its project for bays that
 * have none.
 */
export function openDriverCloud(config: CloudConfig, { apiUrl, simulated, secrets }: DriverCloudOptions): DriverCloud {
  const { keystoneUrl: authUrl, keystoneUser: username, keystonePassword: password, keystoneProject: projectName, keystoneDomain: domain } = config;
  const { cloudInterface, cloudRegion } = config;
  // One for all: thousands of bays must not each keep connections of their own.
  const pool = openHttpPool();
  const open = (credentials: CloudCredentials) => openKeystoneSession({
    authUrl, credentials, http: pool.call, interface: cloudInterface, ...(cloudRegion !== undefined && { region: cloudRegion }),
  });
  const shared = open({ kind: 'password', user: { username, userDomainName: domain }, password, scope: { projectName, projectDomainName: domain } });
  const admin = adminOf(config);
  const own = admin && new BaySessions({ secrets, open, shared, admin: open(admin.inProject) });
  const access: CloudAccess = {
    session: (bay) => own?.of(bay) ?? shared,
    stacks: (bay) => openHeatStacks(own?.of(bay) ?? shared, { timers: systemTimers }),
    authUrl, apiUrl, simulated,
  };
  return {
    access,
    credentials: admin && credentialParts(config, secrets, openBayKeystone({ admin: open(admin.ofSystem), domainName: config.bayDomain, open, timers: systemTimers }), open),
    orphans: admin && new OrphanProbe({ secrets, open, clock: systemClock }),
    close: () => pool.close(),
  };
}

function credentialParts(config: CredentialConfig, secrets: SecretStore, keystone: BayKeystone, open: (credentials: CloudCredentials) => CloudSession): CredentialParts {
  const { credentialMode: mode, bayRoles: roles, credentialLifetimeDays: lifetimeDays, credentialOverlapMinutes: overlapMinutes, credentialsWithoutAccessRules: withoutAccessRules } = config;
  return {
    keystone, secrets, mode, roles, lifetimeDays, overlapMinutes, withoutAccessRules,
    async probe(probe, as) {
      const session = open(as);
      try {
        return await probeAccessRules(probe, openPurposeCredentials(session, { timers: systemTimers }), open);
      } finally {
        session.close();
      }
    },
  };
}

/** The same user twice: what is done to Keystone as administrator of all of it, what is cleaned up in Heat from a project. */
function adminOf({ cloudAdminUser, cloudAdminPassword: password, cloudAdminProject: projectName, cloudAdminDomain: domain }: CredentialConfig) {
  if (cloudAdminUser === undefined) return null;
  if (password === undefined) {
    throw new ConfigInvalid([{ variable: 'JEROBOAM_CLOUD_ADMIN_PASSWORD', problem: 'is missing: JEROBOAM_CLOUD_ADMIN_USER logs in with it (or …_PASSWORD_FILE).' }]);
  }
  const login = { kind: 'password', user: { username: cloudAdminUser, userDomainName: domain }, password } as const;
  return { ofSystem: { ...login, scope: 'system' }, inProject: { ...login, scope: { projectName, projectDomainName: domain } } } as const;
}

/** For the modes in which a bay's credentials are its requester's; null in the others. */
export function requestersOf({ cloudAdminUser, credentialMode }: CredentialConfig, secrets: SecretStore) {
  if (cloudAdminUser === undefined || credentialMode === 'service_user') return null;
  return {
    hand: (bayId: string, operationId: string, token: string) => secrets.put(credentialRefs.requester(bayId, operationId), token),
    takeBack: (bayId: string, operationId: string) => secrets.destroy(credentialRefs.requester(bayId, operationId)),
  };
}

/** The same for a process of its own, which opens the secret store only where there is something to keep. */
export async function serviceRequesters(config: CredentialConfig & { readonly dataDir: string }) {
  if (config.cloudAdminUser === undefined || config.credentialMode === 'service_user') return null;
  const layout = dataLayout(config.dataDir);
  return requestersOf(config, await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey }));
}

/** The same drivers, each of which is given the cloud when it is made. */
export function inCloud(manifests: readonly DriverManifest[], cloud: CloudAccess): DriverManifest[] {
  return manifests.map((manifest) => ({ ...manifest, create: (deps) => manifest.create({ ...deps, cloud }) }));
}

interface DriverConfig extends Omit<KeystoneConfig, 'keystoneUrl' | 'keystonePassword'>, CatalogConfig, CredentialConfig {
  readonly dataDir: string;
  readonly drivers: readonly string[];
  readonly keystoneUrl?: string | undefined;
  readonly keystonePassword?: Secret | undefined;
  readonly nodeApiUrl: string;
  readonly cloudSimulated: boolean;
}

/** The drivers of a process that makes or looks at bays, with the cloud where one is configured. */
export async function serviceDrivers(
  { config, later }: Pick<ServiceContext<DriverConfig>, 'config' | 'later'>,
): Promise<{ readonly drivers: DriverRegistry; readonly credentials: CredentialParts | null; readonly orphans: OrphanProbe | null }> {
  const { keystoneUrl, keystonePassword, nodeApiUrl, cloudSimulated } = config;
  const loaded = await loadDrivers(config.drivers, process.cwd());
  if (keystoneUrl === undefined) return { drivers: new DriverRegistry(loaded), credentials: null, orphans: null };
  if (keystonePassword === undefined)
    throw new ConfigInvalid([{ variable: 'JEROBOAM_KEYSTONE_PASSWORD', problem: 'is missing: drivers log in to JEROBOAM_KEYSTONE_URL with it (or …_PASSWORD_FILE).' }]);
  const layout = dataLayout(config.dataDir);
  const secrets = await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey });
  const cloud = openDriverCloud({ ...config, keystoneUrl, keystonePassword }, { apiUrl: nodeApiUrl, simulated: cloudSimulated, secrets });
  later(() => cloud.close());
  return { drivers: new DriverRegistry(inCloud(loaded, cloud.access)), credentials: cloud.credentials, orphans: cloud.orphans };
}
