import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealKeystone } from '@jeroboam/openstack/testing';
import { freePort } from '@jeroboam/platform/testing';
import { readCloudFile, startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxService } from '@jeroboam/sandbox-cloud';
import { EmbeddedProcess } from './process.ts';

type Env = Readonly<Record<string, string>>;

/** Jeroboam and an identity service that its users log in at. */
export interface JeroboamInCloud {
  readonly jeroboam: EmbeddedProcess;
  /** As in `OS_AUTH_URL`. */
  readonly authUrl: string;
  close(): Promise<void>;
}

export interface JeroboamWithKeystone extends JeroboamInCloud {
  readonly keystone: RealKeystone;
  /** Variables that lead another Jeroboam to the same Keystone. */
  readonly env: Env;
}

/** As `npm start` has it: the sandbox cloud in the same process is the identity service too. */
export async function withSandboxIdentity(env: Env = {}): Promise<JeroboamInCloud> {
  const jeroboam = await EmbeddedProcess.start({ env });
  return { jeroboam, authUrl: jeroboam.authUrl, close: () => jeroboam.stop() };
}

/**
 * As in a real cloud: Jeroboam is a service user of a real Keystone, whose catalog leads to it and, for the look-ups, to a
 * sandbox that takes Keystone's tokens. The same users and projects as the sandbox has. Jeroboam starts first: it must
 * not mind that Keystone comes up after it.
 */
export async function withRealKeystone(env: Env = {}): Promise<JeroboamWithKeystone> {
  const port = await freePort();
  const keystoneUrl = `http://127.0.0.1:${port}/v3`;
  const directory = mkdtempSync(join(tmpdir(), 'jeroboam-password-'));
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, 'secret\n', { mode: 0o600 });
  const sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://not-used.test', identityUrl: keystoneUrl });
  const keystoneEnv = { JEROBOAM_AUTH: 'keystone', JEROBOAM_KEYSTONE_URL: keystoneUrl, JEROBOAM_KEYSTONE_PASSWORD_FILE: passwordFile };
  const jeroboam = await EmbeddedProcess.start({ env: { ...keystoneEnv, ...env } });
  const urlOf = ({ type, url }: SandboxService) => (type === 'container-infra' ? `${jeroboam.apiUrl}/v1` : url);
  const services = sandbox.services.map((service) => ({ ...service, url: urlOf(service) }));
  const keystone = await RealKeystone.start({ ...readCloudFile(), services, port });
  return {
    jeroboam, keystone, env: keystoneEnv, authUrl: keystoneUrl,
    async close() {
      await Promise.all([jeroboam.stop(), keystone.close(), sandbox.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}
