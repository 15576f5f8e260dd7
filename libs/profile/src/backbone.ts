import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openSqliteEventLog } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { openCloudLookups, openKeystone } from '@jeroboam/openstack';
import type { CloudLookupsSource, KeystoneTokenValidator } from '@jeroboam/openstack';
import type { Secret } from '@jeroboam/platform';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';

/** What lies where in the data directory. */
export interface DataLayout {
  readonly root: string;
  readonly eventLog: string;
  readonly readModel: string;
  readonly secrets: string;
  readonly masterKey: string;
  readonly drivers: string;
}

/** Makes the data directory, readable by its owner only. */
export function dataLayout(dataDir: string): DataLayout {
  const root = resolve(dataDir);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return {
    root,
    eventLog: join(root, 'event-log.sqlite'),
    readModel: join(root, 'read-model.sqlite'),
    secrets: join(root, 'secrets'),
    masterKey: join(root, 'master.key'),
    drivers: join(root, 'drivers'),
  };
}

export function openEventLog(layout: DataLayout): Promise<EventLog> {
  return openSqliteEventLog({ path: layout.eventLog });
}

export function openReadModel(layout: DataLayout): Promise<ReadModel> {
  return openSqliteReadModel({ path: layout.readModel });
}

export interface KeystoneConfig {
  readonly keystoneUrl: string;
  readonly keystoneUser: string;
  readonly keystonePassword: Secret;
  readonly keystoneProject: string;
  readonly keystoneDomain: string;
}

export interface CatalogConfig {
  readonly cloudInterface: string;
  readonly cloudRegion?: string | undefined;
}

interface Cloud {
  readonly keystone: KeystoneTokenValidator;
  readonly lookups: CloudLookupsSource;
}

export function openCloud(config: KeystoneConfig, { cloudInterface, cloudRegion }: CatalogConfig): Cloud {
  const keystone = openKeystone({
    authUrl: config.keystoneUrl,
    username: config.keystoneUser,
    password: config.keystonePassword.reveal(),
    userDomainName: config.keystoneDomain,
    projectName: config.keystoneProject,
    projectDomainName: config.keystoneDomain,
  });
  return { keystone, lookups: openCloudLookups({ interface: cloudInterface, ...(cloudRegion === undefined ? {} : { region: cloudRegion }) }) };
}
