export const JSON_ONLY: readonly string[] = ['application/json'];

/** Headers seen lately: clients send few different ones, and hostile ones must not fill memory. */
const known = new WeakMap<readonly string[], Map<string, boolean>>();
const MAX_KNOWN = 200;

/**
 * Whether a client that sent this `Accept` takes one of `types`; absent, and what cannot be read, takes anything.
 * @param types a constant: answers are remembered for it.
 */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header === '' || header === '*/*') return true;
  let answers = known.get(types);
  if (!answers) known.set(types, (answers = new Map()));
  const seen = answers.get(header);
  if (seen !== undefined) return seen;
  const ranges = header.split(',').map(readRange).filter((range) => range !== undefined);
  const accepted = ranges.length === 0 || types.some((type) => qualityOf(type, ranges) > 0);
  if (answers.size >= MAX_KNOWN) answers.clear();
  answers.set(header, accepted);
  return accepted;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function readRange(text: string): Range | undefined {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return undefined;
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
}

/** The most specific range decides: with JSON at `q=0`, everything else is taken but JSON. RFC 9110 section 12.5.1. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [main = ''] = type.split('/');
  for (const candidate of [type, `${main}/*`, '*/*']) {
    const range = ranges.find((each) => each.type === candidate);
    if (range) return range.quality;
  }
  return 0;
}
