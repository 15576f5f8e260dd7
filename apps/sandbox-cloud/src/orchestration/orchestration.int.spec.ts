import { stableId } from '../cloud/stable-id.ts';
import { startSandboxCloud } from '../sandbox-cloud.ts';
import { passwordLogIn } from '../testing/injected-sandbox.ts';
import type { HeatUnderTest } from './testing/heat-client.ts';
import { orchestrationContract } from './testing/orchestration.contract.ts';

async function logIn(authUrl: string, body: unknown): Promise<string> {
  const response = await fetch(`${authUrl}/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`logging in gave ${response.status}`);
  return response.headers.get('x-subject-token')!;
}

orchestrationContract('the sandbox cloud', async () => {
  const sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
  const token = logIn(`${sandbox.url}/v3`, passwordLogIn('demo', 'demo'));
  const projectId = stableId('project', 'demo');
  return { endpoint: `${sandbox.url}/orchestration/v1/${projectId}`, projectId, token: () => token, close: () => sandbox.close() };
});

/** A real Heat: `JEROBOAM_REAL_HEAT_URL` is its endpoint with the project, `JEROBOAM_REAL_HEAT_TOKEN` a token for it. */
function realHeatOf({ JEROBOAM_REAL_HEAT_URL: endpoint, JEROBOAM_REAL_HEAT_TOKEN: token }: NodeJS.ProcessEnv): HeatUnderTest | undefined {
  if (endpoint === undefined || token === undefined) return undefined;
  return { endpoint, projectId: endpoint.split('/').at(-1)!, token: () => Promise.resolve(token), close: () => Promise.resolve() };
}

const real = realHeatOf(process.env);
if (real) orchestrationContract('a real Heat', async () => real);
