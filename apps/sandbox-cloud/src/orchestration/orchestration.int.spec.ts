import { HEAT_START_TIMEOUT_MS, RealHeat, heatStacksContract, login } from '@jeroboam/openstack/testing';
import type { Login } from '@jeroboam/openstack/testing';
import { startSandboxCloud } from '../sandbox-cloud.ts';
import type { SandboxCloud } from '../sandbox-cloud.ts';
import { MEMBER } from '../testing/things.ts';
import type { HeatUnderTest } from './testing/heat-client.ts';
import { orchestrationContract } from './testing/orchestration.contract.ts';

interface TokenBody {
  readonly token: {
    readonly project: { readonly id: string };
    readonly catalog: readonly { readonly type: string; readonly endpoints: readonly { readonly url: string }[] }[];
  };
}

/** What a client of that Keystone finds in its catalog. */
async function heatOf(authUrl: string, member: Login, close: () => Promise<void>): Promise<HeatUnderTest> {
  const token = await login(authUrl, member);
  const response = await fetch(`${authUrl}/auth/tokens`, { headers: { 'x-auth-token': token, 'x-subject-token': token } });
  const { token: { project, catalog } } = (await response.json()) as TokenBody;
  const endpoint = catalog.find(({ type }) => type === 'orchestration')!.endpoints[0]!.url;
  return { endpoint, projectId: project.id, token: () => Promise.resolve(token), close };
}

const start = (): Promise<SandboxCloud> => startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });

orchestrationContract('the sandbox cloud', async () => {
  const sandbox = await start();
  return heatOf(`${sandbox.url}/v3`, MEMBER, () => sandbox.close());
});

orchestrationContract('a real Heat', async () => {
  const heat = await RealHeat.start();
  return heatOf(heat.authUrl, heat.member, () => heat.close());
}, HEAT_START_TIMEOUT_MS);

heatStacksContract('the sandbox cloud', async () => {
  const sandbox = await start();
  return { authUrl: `${sandbox.url}/v3`, member: MEMBER, close: () => sandbox.close() };
});
