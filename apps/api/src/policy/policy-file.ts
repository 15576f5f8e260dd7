import { readFileSync } from 'node:fs';
import { ConfigInvalid } from '@jeroboam/platform';
import { parseDocument } from 'yaml';
import { Policy, PolicyUnusable, STRICT_POLICY, type ExtensionRule } from './policy.ts';

const VARIABLE = 'JEROBOAM_POLICY_FILE';

/**
 * The policy of an operator: the strict defaults, with the rules of a file in their place. The file is YAML (so JSON
 * too): rule names with their texts. An empty file changes nothing.
 *
 * @param path undefined: the strict defaults.
 * @param more rules of loaded extensions with their defaults.
 * @throws {ConfigInvalid} listing everything wrong with the file.
 */
export function policyOf(path: string | undefined, more: Readonly<Record<ExtensionRule, string>> = {}): Policy {
  if (path === undefined) return Object.keys(more).length === 0 ? STRICT_POLICY : new Policy({}, more);
  try {
    return new Policy(rulesIn(textOf(path)), more);
  } catch (error) {
    if (!(error instanceof PolicyUnusable)) throw error;
    throw new ConfigInvalid(error.problems.map((problem) => ({ variable: VARIABLE, problem: `${path}: ${problem}` })));
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PolicyUnusable([`it cannot be read: ${(error as Error).message}`]);
  }
}

function rulesIn(text: string): Readonly<Record<string, string>> {
  const document = parseDocument(text, { uniqueKeys: true });
  // The first line says what and where, the others show the place.
  const unreadable = document.errors.map(({ message }) => message.split('\n', 1)[0]!.replace(/:$/, ''));
  if (unreadable.length > 0) throw new PolicyUnusable(unreadable);
  const content: unknown = document.toJS();
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw new PolicyUnusable(['it must be rule names with their texts']);
  const problems = Object.entries(content).filter(([, rule]) => typeof rule !== 'string').map(([name]) => `${name}: a rule is a text`);
  if (problems.length > 0) throw new PolicyUnusable(problems);
  return content as Record<string, string>;
}
