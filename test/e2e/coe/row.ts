import type { CloudUser } from '../harness/openstack-client.ts';

export const USERS = {
  demo: { username: 'demo', projectName: 'demo' },
  /** A colleague of demo's. */
  demo2: { username: 'demo2', projectName: 'demo' },
  reader: { username: 'reader', projectName: 'demo' },
  other: { username: 'other', projectName: 'other' },
  admin: { username: 'admin', projectName: 'admin' },
} satisfies Record<string, CloudUser>;

/** What rows refer to in braces: ids of projects, files, and what earlier rows saved. */
export type Known = Map<string, string>;

/** One command and all that it must say. Rows run in their order, each on what the ones before it left. */
export interface Row {
  /** As `openstack help coe` names it. */
  readonly command: string;
  /** Separated by single spaces; `{name}` stands for something known. */
  readonly args: string;
  /** Finishes the sentence "the command …". */
  readonly does: string;
  /** @default demo */
  readonly as?: keyof typeof USERS;
  /** @default 0 */
  readonly exit?: number;
  /** The whole of standard output; text may refer to something known. @default nothing, where there is neither `json` nor `check` */
  readonly says?: string | RegExp;
  /** Standard output as JSON, with `-f json`; a function is given what is known. What comes before it on lines of its own is `says`. */
  readonly json?: unknown;
  /** The whole of standard error; as `says` it may refer to something known. @default nothing */
  readonly complains?: RegExp;
  /** Whatever patterns cannot say. */
  readonly check?: (stdout: string, known: Known) => void | Promise<void>;
  /** Name for the first group of `says`, or for the `uuid` in `json`. */
  readonly saves?: string;
  /** Afterwards this bay (a saved name) comes to rest in this status; a new one is also found healthy. */
  readonly settles?: readonly [bay: string, status: string];
}

/** How the client repeats a refusal of ours. */
export function refused(status: number, message: string): RegExp {
  return new RegExp(`^${escaped(message)} \\(HTTP ${status}\\) \\(Request-ID: req-[0-9a-f-]{36}\\)\\n$`);
}

/** What a rule of the policy says to somebody whom it does not let. */
export function denial(rule: string): string {
  return `Policy doesn't allow ${rule} to be performed`;
}

export function denied(rule: string): RegExp {
  return refused(403, denial(rule));
}

/** A refusal where the client takes a refusal for a success: on standard output, after words of its own. */
export function mentions(words: string, status: number, message: string): RegExp {
  return new RegExp(`^${escaped(words)}${refused(status, message).source.slice(1)}`);
}

/** How argparse refuses arguments, after the usage. */
export function misused(message: string): RegExp {
  return new RegExp(`^usage: openstack coe [^]*error: ${escaped(message)}\\n$`);
}

/** A Property/Value table of the client. */
export function properties(stdout: string): Record<string, string> {
  return Object.fromEntries(cells(stdout).slice(1).map(([property, value]) => [property!, value!]));
}

/** Rows of a table of the client, without its header. */
export function cells(stdout: string): string[][] {
  return stdout.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

/** Braces stay: they hold what is filled in later. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
}
