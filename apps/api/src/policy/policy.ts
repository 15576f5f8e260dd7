import { DomainError } from '@jeroboam/domain';
import { DEFAULT_RULES, SHARED_RULES, type PolicyRule } from './policy-defaults.ts';
import { RuleUnreadable, parseRule, type Asking, type Check, type ParsedRule, type Target } from './rule-text.ts';

export type { PolicyRule } from './policy-defaults.ts';
/** The rule of a command that a driver adds to the API. */
export type ExtensionRule = `ext:${string}:${string}`;
export type { Asking, Target } from './rule-text.ts';

/** Rules that cannot be used; every one is listed. */
export class PolicyUnusable extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The policy cannot be used: ${problems.join('; ')}.`);
  }
}

export class PolicyNotAuthorized extends DomainError {
  readonly code = 'POLICY_NOT_AUTHORIZED';
  readonly kind = 'forbidden';
  constructor(rule: PolicyRule | ExtensionRule) {
    super(`Policy doesn't allow ${rule} to be performed.`, { rule });
  }
}

const DEFAULTS: Readonly<Record<string, string>> = { ...SHARED_RULES, ...DEFAULT_RULES };

/** Who may do what: the strict defaults, with single rules replaced. Read once at boot. */
export class Policy {
  readonly #checks: ReadonlyMap<string, Check>;

  /**
   * @param overrides texts of rules by name. A name that is not one of ours is a rule for others to lean on.
   * @param more rules of loaded extensions with their defaults.
   * @throws {PolicyUnusable} a rule cannot be read, leans on one that there is not, or on itself; nothing leans on a new one.
   */
  constructor(overrides: Readonly<Record<string, string>> = {}, more: Readonly<Record<ExtensionRule, string>> = {}) {
    const problems: string[] = [];
    const rules = new Map<string, ParsedRule>();
    for (const [name, text] of Object.entries<string>({ ...DEFAULTS, ...more, ...overrides })) {
      const rule = readRule(text);
      if (typeof rule === 'string') problems.push(`${name}: ${rule}`);
      rules.set(name, typeof rule === 'string' ? parseRule('!') : rule);
    }
    problems.push(...strayProblems(Object.keys(overrides), rules), ...referenceProblems(rules), ...circleProblems(rules));
    if (problems.length > 0) throw new PolicyUnusable(problems);
    this.#checks = compiled(rules);
  }

  /** What nobody has declared nobody may do. */
  allows(rule: PolicyRule | ExtensionRule | keyof typeof SHARED_RULES, asking: Asking, target: Target): boolean {
    return this.#checks.get(rule)?.(asking, target) ?? false;
  }
}

function readRule(text: string): ParsedRule | string {
  try {
    return parseRule(text);
  } catch (error) {
    if (error instanceof RuleUnreadable) return error.message;
    throw error;
  }
}

/** A misspelt name must not leave the default in force unnoticed. */
function strayProblems(names: readonly string[], rules: ReadonlyMap<string, ParsedRule>): string[] {
  const leanedOn = new Set([...rules.values()].flatMap(({ references }) => references));
  // A driver that is not loaded now may be loaded next time.
  const stray = names.filter((name) => !Object.hasOwn(DEFAULTS, name) && !leanedOn.has(name) && !name.startsWith('ext:'));
  return stray.map((name) => `${name}: there is no such rule, and none that leans on it`);
}

function referenceProblems(rules: ReadonlyMap<string, ParsedRule>): string[] {
  return [...rules].flatMap(([name, { references }]) => references
    .filter((reference) => !rules.has(reference)).map((reference) => `${name}: there is no rule ${reference}`));
}

/** Rules that lean on themselves, each named once, in the order in which they are met. */
function circleProblems(rules: ReadonlyMap<string, ParsedRule>): string[] {
  const leansOnItself = (name: string) => {
    const seen = new Set<string>();
    const toSee = [...(rules.get(name)?.references ?? [])];
    for (let next = toSee.pop(); next !== undefined; next = toSee.pop()) {
      if (next === name) return true;
      if (!seen.has(next)) toSee.push(...(rules.get(next)?.references ?? []));
      seen.add(next);
    }
    return false;
  };
  return [...rules.keys()].filter(leansOnItself).map((name) => `${name}: it leans on itself`);
}

function compiled(rules: ReadonlyMap<string, ParsedRule>): ReadonlyMap<string, Check> {
  const checks = new Map<string, Check>();
  const ruleNamed = (name: string): Check => {
    const known = checks.get(name);
    if (known) return known;
    const check = rules.get(name)!.compile(ruleNamed);
    checks.set(name, check);
    return check;
  };
  for (const name of rules.keys()) ruleNamed(name);
  return checks;
}

/** What holds without a file of the operator's. */
export const STRICT_POLICY = new Policy();

/** A caller carries the policy of the service that let it in. */
type Judged = Asking & { readonly policy: Policy };

/** @param target absent: what the caller would own. */
export function allows(rule: PolicyRule | ExtensionRule, caller: Judged, target: Target = caller): boolean {
  return caller.policy.allows(rule, caller, target);
}

/** @throws {PolicyNotAuthorized} */
export function enforce(rule: PolicyRule | ExtensionRule, caller: Judged, target: Target = caller): void {
  if (!allows(rule, caller, target)) throw new PolicyNotAuthorized(rule);
}
