import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian keeps administrators' tools, which a service's PATH often lacks. */
const TOOL_PATH = [
  ...new Set([...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']),
].filter((dir) => dir.startsWith('/'));
/** Nothing run here takes long; what does is stuck. */
const TIMEOUT_MS = 20_000;

/** What the tools and engines see of this process's environment: its secrets are none of their business. */
export const TOOL_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: TOOL_PATH.join(':'), HOME: '/root', LC_ALL: 'C' };

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** @returns undefined when no directory of the path has such a program, or none that this user may look into. */
export function findProgram(name: string): string | undefined {
  return TOOL_PATH.map((dir) => join(dir, name)).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Not there, or behind a directory of somebody else's, as root's own tools are for other users.
    return false;
  }
}

/**
 * Runs a program without a shell and answers what it printed.
 * @param input what it reads.
 * @throws {CommandFailed} with what it complained of. Never to be given a secret as argument: those can be read by all.
 */
export function command(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: TOOL_ENVIRONMENT, stdio: 'pipe', timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    const [out, complaints]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.on('error', (cause) => reject(new CommandFailed(`${program} cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const said = Buffer.concat(complaints).toString().trim();
      reject(new CommandFailed(`${program} ${args.join(' ')} ended with ${signal ?? code}: ${said || 'it said nothing'}`));
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input);
  });
}

/** Whether a program ends well; for those that answer a question with their exit code. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await command(program, args);
    return true;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}
