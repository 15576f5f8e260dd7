import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One request and its answer, as they went over the wire. */
export interface Recording {
  /** Place in the order in which they were made, three digits. Numbers are missing where nothing was recorded. */
  readonly number: string;
  readonly name: string;
  /** User whose token was sent; `nobody` sent none. */
  readonly user: string;
  readonly request: Message & { readonly method: string; readonly target: string };
  readonly response: Message & { readonly status: number };
}

export interface Message {
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const DIRECTORY = join(import.meta.dirname, 'recordings');

/** All recordings, in the order in which they were made. */
export function readRecordings(): readonly Recording[] {
  return readdirSync(DIRECTORY).filter((file) => file.endsWith('.txt')).sort()
    .map((file) => parseRecording(file, readFileSync(join(DIRECTORY, file), 'utf8')));
}

/**
 * Reads one file: a line that says who asked, the request with `> ` before each line, the answer with `< ` before its
 * head, its body, and the body once more for people.
 */
export function parseRecording(file: string, text: string): Recording {
  const [, number = '', name = ''] = /^(\d{3})-(.+)\.txt$/.exec(file) ?? [];
  const lines = text.split('\n');
  const user = /^# as (\w+)/.exec(lines[0] ?? '')?.[1];
  const sent = headAndBody(lines.filter((line) => line.startsWith('>')).map((line) => line.slice(2)));
  const answered = headAndBody([
    ...lines.filter((line) => line.startsWith('<')).map((line) => line.slice(2)),
    ...bodyLines(lines),
  ]);
  const [method = '', target = ''] = sent.first.split(' ');
  const status = Number(answered.first.split(' ')[1]);
  if (!number || !user || !target || !status) throw new Error(`${file} is not a recording`);
  return { number, name, user, request: { method, target, ...sent.message }, response: { status, ...answered.message } };
}

function bodyLines(lines: readonly string[]): readonly string[] {
  const start = lines.findLastIndex((line) => line.startsWith('<')) + 1;
  const indented = lines.indexOf('# body, indented');
  return lines.slice(start, indented === -1 ? undefined : indented);
}

function headAndBody([first = '', ...rest]: readonly string[]): { readonly first: string; readonly message: Message } {
  const end = rest.indexOf('');
  const headers = new Map(rest.slice(0, end).map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)] as const;
  }));
  return { first, message: { headers, body: rest.slice(end + 1).join('\n').trim() } };
}
