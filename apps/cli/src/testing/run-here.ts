import { PassThrough } from 'node:stream';
import { run } from '../run.ts';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly isTTY?: boolean;
}

/** Runs a command line in this process. Nothing of the real environment is seen. */
export async function runHere(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, folder = '/nowhere', sleep = unexpected, isTTY = false } = options;
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = new PassThrough();
  const outputs = [stdout, stderr].map((stream) => textOf(stream));
  const status = await run(args, { env, folder, stdout, stderr, sleep });
  stdout.end();
  stderr.end();
  return { status, stdout: await outputs[0]!, stderr: await outputs[1]! };
}

async function unexpected(): Promise<never> {
  throw new Error('not expected to wait');
}

async function textOf(stream: PassThrough): Promise<string> {
  return Buffer.concat((await stream.toArray()) as Buffer[]).toString();
}
