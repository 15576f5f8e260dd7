import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ProcessGroup, eventually, isListening } from '../processes.ts';

/** Debian's scripts are for Debian's own Python, whatever another one in the caller's path may be. */
export function cleanEnv(folder: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: folder, PYTHONDONTWRITEBYTECODE: '1' };
}

/** What a command may take on a slow and busy machine. */
export const COMMAND_TIMEOUT_MS = 180_000;
const PATIENCE_MS = 120_000;

/** @returns what it wrote. @throws with all of its output when it fails. */
export async function run(program: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder, env: { ...cleanEnv(folder), ...env }, timeout: COMMAND_TIMEOUT_MS });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed (is its package installed?):\n${stdout ?? ''}\n${(stderr ?? '').slice(-4_000)}`, { cause: error });
  }
}

/** Starts a server and waits until it takes connections at its port. @throws with its last words when it ends or does not. */
export async function serve(name: string, program: string, args: readonly string[], folder: string, port: number): Promise<ProcessGroup> {
  const server = new ProcessGroup(name, program, args, { env: cleanEnv(folder), cwd: folder });
  await eventually(() => {
    if (!server.isRunning) throw new Error(`${name} ended (is its package installed?):\n${server.said.slice(-4_000)}`);
    return isListening(port);
  }, { patienceMs: PATIENCE_MS, everyMs: 100, complaint: () => `${name} does not listen at ${port}:\n${server.said.slice(-4_000)}` });
  return server;
}

/** Lines of an INI file for `keystonemiddleware` and `keystoneauth1`: a service user of the test's Keystone. */
export function serviceLogin(authUrl: string, username: string): string {
  return `auth_type = password
auth_url = ${authUrl}
www_authenticate_uri = ${authUrl}
username = ${username}
password = secret
user_domain_name = Default
project_name = service
project_domain_name = Default
region_name = RegionOne
interface = public
`;
}

/** Indents are YAML's: a block goes in as deep as it has to. */
export function appendIndented(path: string, block: string, depth: number): void {
  appendFileSync(path, block.split('\n').map((line) => `${' '.repeat(depth)}${line}\n`).join(''));
}
