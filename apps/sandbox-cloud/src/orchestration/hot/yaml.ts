import { parse } from 'yaml';
import type { ScalarTag, Tags } from 'yaml';
import { invalid } from './hot-error.ts';
import { isMap } from './json.ts';
import type { Json, JsonMap } from './json.ts';

/** Bound on what aliases may expand to: without one a small text can stand for gigabytes. */
const MAX_ALIASES = 1_000;
/** Texts whose JSON is remembered: a thousand stacks are made of the same few templates. */
const MAX_KNOWN = 100;
/** In characters. */
const LONGEST_KNOWN = 200_000;
const known = new Map<string, string>();
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/**
 * Reads YAML as Heat does: version 1.1, where `yes` is true, but with dates left as the text they are.
 *
 * @throws {HotError} when the text is no YAML, or no map.
 */
export function parseYaml(text: string, what: string): JsonMap {
  const content = parsed(text);
  if (!isMap(content)) throw invalid(`The ${what} is not a JSON object or YAML mapping.`);
  return content;
}

/** Each answer is the reader's own: what was kept is the text. */
function parsed(text: string): Json {
  const json = known.get(text) ?? jsonOf(text);
  known.delete(text);
  if (text.length <= LONGEST_KNOWN) known.set(text, json);
  const [oldest] = known.size > MAX_KNOWN ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  return JSON.parse(json) as Json;
}

/** Through JSON once, so that what comes from YAML cannot hold anything that the API could not answer with. */
function jsonOf(text: string): string {
  try {
    const value: unknown = parse(
      text, { version: '1.1', maxAliasCount: MAX_ALIASES, merge: true, customTags: (tags) => tags.flatMap(asHeatHasIt) },
    );
    return JSON.stringify(value ?? null);
  } catch (error) {
    throw invalid(`Error parsing template: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Heat's parser takes a lone `y` or `n` for text, and leaves dates alone. */
function asHeatHasIt(tag: Tags[number]): Tags {
  if (typeof tag !== 'object') return [tag];
  if (tag.tag === 'tag:yaml.org,2002:timestamp') return [];
  if (tag.tag === 'tag:yaml.org,2002:bool') return [{ ...(tag as ScalarTag), test: tag.identify?.(true) === true ? TRUE : FALSE }];
  return [tag];
}
