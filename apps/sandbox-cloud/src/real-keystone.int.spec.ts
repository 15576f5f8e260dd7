import { KEYSTONE_START_TIMEOUT_MS, RealKeystone, cloudLookupsContract, login, revoke } from '@jeroboam/openstack/testing';
import { freePort } from '@jeroboam/platform/testing';
import type { IdentityUnderTest } from '@jeroboam/openstack/testing';
import { readCloudFile } from './cloud/cloud-file.ts';
import { startSandboxCloud } from './sandbox-cloud.ts';
import type { SandboxCloud } from './sandbox-cloud.ts';
import { cloudFileWith } from './testing/cloud-file-with.ts';
import { MEMBER, SERVICE, THINGS, TWINS } from './testing/things.ts';

interface CloudWithRealKeystone extends IdentityUnderTest {
  readonly keystone: RealKeystone;
  readonly sandbox: SandboxCloud;
}

/** Keystone is a real one; what its catalog names besides is the sandbox, which takes its tokens. */
async function cloudWithRealKeystone(): Promise<CloudWithRealKeystone> {
  const file = cloudFileWith({ ...TWINS, images: [...TWINS.images, { name: 'own', project: 'demo' }] });
  const port = await freePort();
  const sandbox = await startSandboxCloud({
    port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', cloudFile: file.path, identityUrl: `http://127.0.0.1:${port}/v3`,
  });
  const keystone = await RealKeystone.start({ ...readCloudFile(file.path), services: sandbox.services, port });
  return {
    keystone, sandbox, authUrl: keystone.authUrl, service: SERVICE, member: MEMBER,
    async close() {
      await Promise.all([keystone.close(), sandbox.close()]);
      file.remove();
    },
  };
}

cloudLookupsContract('the sandbox cloud behind a real Keystone', cloudWithRealKeystone, THINGS);

describe('the sandbox cloud behind a real Keystone', () => {
  let cloud: CloudWithRealKeystone;
  beforeAll(async () => {
    cloud = await cloudWithRealKeystone();
  }, KEYSTONE_START_TIMEOUT_MS);
  afterAll(() => cloud?.close?.());

  const images = async (token: string, name = '') => {
    const response = await fetch(`${cloud.sandbox.url}/image/v2/images${name && `?name=${name}`}`, { headers: { 'x-auth-token': token } });
    return { status: response.status, wwwAuthenticate: response.headers.get('www-authenticate'), text: await response.text() };
  };

  it('shows a project its own images and no other project those', async () => {
    const tokens = [await login(cloud.authUrl, MEMBER), await login(cloud.authUrl, { ...MEMBER, username: 'other', projectName: 'other' })];
    const [own, others] = await Promise.all(tokens.map(async (token) => JSON.parse((await images(token, 'own')).text) as { images: unknown[] }));
    expect([own!.images.length, others!.images.length]).toEqual([1, 0]);
  });

  it('is no identity service itself', async () => {
    expect((await fetch(`${cloud.sandbox.url}/v3/auth/tokens`, { method: 'POST' })).status).toBe(404);
  });

  it('refuses a revoked token, and says where to get one', async () => {
    const token = await login(cloud.authUrl, MEMBER);
    await revoke(cloud.authUrl, token);
    expect(await images(token)).toMatchObject({ status: 401, wwwAuthenticate: `Keystone uri="${cloud.authUrl}"` });
  });

  it('answers 503 while Keystone is away', async () => {
    const token = await login(cloud.authUrl, MEMBER);
    await cloud.keystone.kill();
    expect(await images(token)).toMatchObject({ status: 503, text: expect.stringContaining(cloud.authUrl) as string });
  });
});
