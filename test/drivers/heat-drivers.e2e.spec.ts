import { driverContract } from '@jeroboam/driver-sdk/testing';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { logIn, openOnCloud } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';

let sandbox: SandboxCloud;
beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
});
afterAll(() => sandbox.close());

for (const { manifest, blueprint, spec } of await heatDrivers()) {
  driverContract(`${manifest.name} ${manifest.version} on the sandbox cloud`, {
    manifest, cuts: 3, timeoutMs: 240_000, spec,
    open: async () => openOnCloud(blueprint, logIn(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' })),
  });
}
