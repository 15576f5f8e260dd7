import { readSandboxConfig } from './config.ts';
import { startSandboxCloud } from './sandbox-cloud.ts';

if (Number(process.versions.node.split('.')[0]) < 22) throw new Error(`Node 22 or later is needed; this is ${process.version}`);

try {
  const sandbox = await startSandboxCloud(readSandboxConfig(process.env));
  console.log(`Sandbox cloud: OS_AUTH_URL=${sandbox.url}/v3`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
