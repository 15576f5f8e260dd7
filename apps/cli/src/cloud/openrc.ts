import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Variables = Readonly<Record<string, string | undefined>>;

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'";&|<>()`]*))\s*(?:[;#].*)?$/;

/**
 * The assignments of a shell file such as OpenStack's `openrc`. Nothing is run: lines that do more than assign are
 * passed over, and so is a value that depends on something unknown.
 *
 * @param known variables that values may refer to.
 */
export function parseOpenrc(text: string, known: Variables = {}): Record<string, string> {
  const assigned: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, name, single, double, bare] = ASSIGNMENT.exec(line.trimEnd()) ?? [];
    if (name === undefined) continue;
    const value = single ?? expand(double ?? bare ?? '', { ...known, ...assigned });
    if (value !== undefined) assigned[name] = value;
  }
  return assigned;
}

/** @returns undefined where something is not known, or would have to be run. */
function expand(text: string, known: Variables): string | undefined {
  if (/`|\$\(/.test(text)) return undefined;
  let complete = true;
  const references = /\\(.)|\$\{(\w+)\}|\$([A-Za-z_]\w*)/g;
  const expanded = text.replace(references, (_whole, escaped: string | undefined, braced?: string, plain?: string) => {
    if (escaped !== undefined) return escaped;
    const value = known[(braced ?? plain)!];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? expanded : undefined;
}

/** The nearest file `openrc` in `folder` or above it. */
export function findOpenrc(folder: string): { readonly path: string; readonly text: string } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'openrc');
    const text = readIfThere(path);
    if (text !== undefined) return { path, text };
    if (dirname(at) === at) return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Absent, a folder of that name, or not ours to read: then it is not the one that is meant.
    if (['ENOENT', 'EISDIR', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
