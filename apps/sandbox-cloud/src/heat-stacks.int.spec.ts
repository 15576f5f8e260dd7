import { heatStacksContract } from '@jeroboam/openstack/testing';
import { startSandboxCloud } from './sandbox-cloud.ts';
import { MEMBER } from './testing/things.ts';

heatStacksContract('the sandbox cloud', async () => {
  const sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
  return { authUrl: `${sandbox.url}/v3`, member: MEMBER, close: () => sandbox.close() };
});
