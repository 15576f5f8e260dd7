import { inspect } from 'node:util';

const COLOURS: Readonly<Record<string, string>> = {
  fatal: '\u001b[41m',
  error: '\u001b[31m',
  warn: '\u001b[33m',
  info: '\u001b[32m',
  debug: '\u001b[36m',
  trace: '\u001b[90m',
};
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';

/** One line of the JSON log as a person reads it: time, level, service, message, then the fields; stacks on lines of their own. */
export function prettyLine(json: string, colours: boolean): string {
  const { time, level, service, message, error, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const paint = (colour: string | undefined, text: string): string => (colours && colour ? `${colour}${text}${PLAIN}` : text);
  const head = [
    paint(DIM, String(time).slice(11, 23)),
    paint(COLOURS[String(level)], String(level).toUpperCase().padEnd(5)),
    paint(DIM, String(service)),
    String(message),
  ].join(' ');
  const tail = Object.entries(fields)
    .map(([name, value]) => ` ${paint(DIM, `${name}=`)}${shown(value)}`)
    .join('');
  return `${head}${tail}${error === undefined ? '' : errorLines(error)}\n`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return inspect(value, { breakLength: Infinity, depth: 4 });
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return `\n    ${String(error)}`;
  const { type, message, stack, cause, ...fields } = error as Record<string, unknown>;
  const text = typeof stack === 'string' ? stack : `${String(type)}: ${String(message)}`;
  const extra = Object.keys(fields).length > 0 ? ` ${shown(fields)}` : '';
  const because = cause === undefined ? '' : `\n    caused by${errorLines(cause)}`;
  return `\n    ${text.replaceAll('\n', '\n    ')}${extra}${because}`;
}
