import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_RULES, SHARED_RULES } from './policy-defaults.ts';

describe('the page about policy', () => {
  it('lists every rule with its default, in the order of the code, and no other', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../infra/docs/policy.md'), 'utf8');
    const tables = page.slice(page.indexOf('## Rules that others'));
    const listed = [...tables.matchAll(/^\| `([^`]+)` \| `([^`]*)` \|/gm)].map(([, rule, text]) => [rule, text]);
    expect(listed).toEqual(Object.entries({ ...SHARED_RULES, ...DEFAULT_RULES }));
  });
});
