import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'testing', '__fixtures__'].includes(entry.name) ? [] : sources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
  });
}

/** Codes as the classes declare them. */
function declared(): string[] {
  const codes = ['apps', 'libs', 'drivers'].flatMap((room) => sources(join(root, room)))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/readonly code(?:: string)? = '([A-Z0-9_]+)'/g)].map(([, code]) => code!));
  return [...new Set(codes)].sort();
}

describe('the list of error codes', () => {
  it('names every code that can be answered, and no other', () => {
    const listed = [...readFileSync(join(root, 'infra/docs/errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code!);
    expect(listed.sort()).toEqual(declared());
  });
});
