import { readSandboxConfig } from './config.ts';
import { startSandboxCloud } from './sandbox-cloud.ts';

const containerInfraUrl = 'http://127.0.0.1:9511/v1';

describe('startSandboxCloud', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', ''])('refuses to listen on %j', async (host) => {
    await expect(startSandboxCloud({ host, port: 0, containerInfraUrl })).rejects.toThrow('refuses to listen');
  });

  it('refuses a cloud file that is not there', async () => {
    await expect(startSandboxCloud({ port: 0, containerInfraUrl, cloudFile: '/nowhere/cloud.json' })).rejects.toThrow('ENOENT');
  });

  it('puts the public address into its catalog, and closes what it opened', async () => {
    const sandbox = await startSandboxCloud({ port: 0, containerInfraUrl, publicUrl: 'http://cloud.test:1/' });
    expect(sandbox.url).toBe('http://cloud.test:1');
    await sandbox.close();
  });

  it('tells the port it found, and is gone when closed', async () => {
    const sandbox = await startSandboxCloud({ host: '127.0.0.1', port: 0, containerInfraUrl });
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${sandbox.url}/v3`)).status).toBe(200);
    await sandbox.close();
    await expect(fetch(`${sandbox.url}/v3`)).rejects.toThrow('fetch failed');
  });
});

describe('configuration of the stand-alone sandbox', () => {
  it('listens on loopback when nothing is said', () => {
    expect(readSandboxConfig({})).toEqual({
      host: '127.0.0.1', port: 9_512, containerInfraUrl, tokenTtlSeconds: 3_600, allowPublic: false,
    });
  });

  it('takes everything from the environment', () => {
    expect(readSandboxConfig({
      JEROBOAM_SANDBOX_HOST: '0.0.0.0', JEROBOAM_SANDBOX_PORT: '1', JEROBOAM_SANDBOX_ALLOW_PUBLIC: 'true',
      JEROBOAM_SANDBOX_TOKEN_TTL_SECONDS: '60', JEROBOAM_SANDBOX_PUBLIC_URL: 'https://cloud.test',
      JEROBOAM_SANDBOX_CLOUD_FILE: 'my.json', JEROBOAM_CONTAINER_INFRA_URL: 'https://bay.test/v1',
    })).toEqual({
      host: '0.0.0.0', port: 1, allowPublic: true, tokenTtlSeconds: 60, publicUrl: 'https://cloud.test',
      cloudFile: 'my.json', containerInfraUrl: 'https://bay.test/v1',
    });
  });

  it('is refused with everything that is wrong', () => {
    const broken = () => readSandboxConfig({
      JEROBOAM_SANDBOX_PORT: 'x', JEROBOAM_CONTAINER_INFRA_URL: 'ftp://x', JEROBOAM_SANDBOX_ALLOW_PUBLIC: 'yes',
    });
    expect(broken).toThrow(/(?=[^]*JEROBOAM_SANDBOX_PORT)(?=[^]*JEROBOAM_CONTAINER_INFRA_URL)(?=[^]*JEROBOAM_SANDBOX_ALLOW_PUBLIC)/);
  });
});
