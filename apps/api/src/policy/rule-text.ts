/** Who asks, as far as a rule may look. */
export interface Asking {
  readonly userId: string;
  readonly projectId: string | null;
  /** Lower case. */
  readonly roles: readonly string[];
  readonly userDomainId: string | null;
  readonly projectDomainId: string | null;
}

/** Whose the thing is that is acted on. */
export interface Target {
  readonly projectId: string | null;
  readonly userId: string;
}

export type Check = (asking: Asking, target: Target) => boolean;

/** A rule as it was written, ready to be asked: `references` are the rules it leans on. */
export interface ParsedRule {
  readonly references: readonly string[];
  /** @param ruleNamed finds what a `rule:` names. */
  compile(ruleNamed: (name: string) => Check): Check;
}

/** A rule that cannot be read; the message says where and why. */
export class RuleUnreadable extends Error {}

/** What can stand on the left of a colon and is compared with what stands on the right. */
const FACTS: Readonly<Record<string, (asking: Asking) => string | null>> = {
  user_id: ({ userId }) => userId,
  project_id: ({ projectId }) => projectId,
  user_domain_id: ({ userDomainId }) => userDomainId,
  project_domain_id: ({ projectDomainId }) => projectDomainId,
};
/** What can stand in `%(…)s`. */
const OF_TARGET: Readonly<Record<string, (target: Target) => string | null>> = {
  user_id: ({ userId }) => userId,
  project_id: ({ projectId }) => projectId,
};
/** What others call a rule when they mean this one. */
const IS_ADMIN = 'context_is_admin';
/** Rules nest this deep at most: far more than anybody can read. */
const MAX_DEPTH = 50;

type Node =
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Node[] };

/**
 * Reads a rule in the language of oslo.policy: `role:x`, `rule:name`, `is_admin:True`, `project_id:%(project_id)s` and its
 * like, `@` (everybody), `!` (nobody), the empty text (everybody), joined by `not`, `and`, `or` (binding in this order) and
 * parentheses.
 *
 * @throws {RuleUnreadable}
 */
export function parseRule(text: string): ParsedRule {
  const node = text.trim() === '' ? parseWord('@') : new Reader(wordsOf(text)).whole();
  return { references: referencesOf(node), compile: (ruleNamed) => compile(node, ruleNamed) };
}

/** As oslo.policy splits it: at blanks, with parentheses only at the ends of a word, so that `%(x)s` stays whole. */
function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/).flatMap((word) => {
    const [, open = '', inside = '', close = ''] = /^(\(*)(.*?)(\)*)$/s.exec(word) ?? [];
    return [...open.split(''), ...(inside === '' ? [] : [inside]), ...close.split('')];
  });
}

/** One pass over the words: `or` of `and` of `not` of checks. */
class Reader {
  #at = 0;
  #depth = 0;

  constructor(private readonly words: readonly string[]) {}

  whole(): Node {
    const node = this.#either();
    const rest = this.words[this.#at];
    if (rest === ')') throw new RuleUnreadable('there is a ")" without a "("');
    if (rest !== undefined) throw new RuleUnreadable(`"${rest}" stands where "and" or "or" should`);
    return node;
  }

  #either(): Node {
    return this.#joined('or', () => this.#joined('and', () => this.#negated()));
  }

  #joined(kind: 'and' | 'or', next: () => Node): Node {
    const all = [next()];
    while (this.words[this.#at]?.toLowerCase() === kind) {
      this.#at += 1;
      all.push(next());
    }
    return all.length === 1 ? all[0]! : { kind, all };
  }

  #negated(): Node {
    if ((this.#depth += 1) > MAX_DEPTH) throw new RuleUnreadable(`it nests more than ${MAX_DEPTH} deep`);
    const node = this.#single();
    this.#depth -= 1;
    return node;
  }

  #single(): Node {
    const word = this.words[this.#at];
    this.#at += 1;
    if (word === undefined) throw new RuleUnreadable('it ends where a check should stand');
    if (word.toLowerCase() === 'not') return { kind: 'not', of: this.#negated() };
    if (word !== '(') return parseWord(word);
    const inside = this.#either();
    if (this.words[this.#at] !== ')') throw new RuleUnreadable('there is a "(" without a ")"');
    this.#at += 1;
    return inside;
  }
}

function parseWord(word: string): Node {
  if (word === '@') return { kind: 'check', check: () => true };
  if (word === '!') return { kind: 'check', check: () => false };
  const [, kind = '', value = ''] = /^([^:]+):(.+)$/.exec(word) ?? [];
  if (kind === 'rule') return { kind: 'rule', name: value };
  if (kind === 'is_admin' && /^(true|1)$/i.test(value)) return { kind: 'rule', name: IS_ADMIN };
  if (kind === 'is_admin' && /^(false|0)$/i.test(value)) return { kind: 'not', of: { kind: 'rule', name: IS_ADMIN } };
  if (kind === 'role') return { kind: 'check', check: roleCheck(value) };
  const fact = Object.hasOwn(FACTS, kind) ? FACTS[kind] : undefined;
  if (!fact) throw new RuleUnreadable(`"${word}" is no check: ${KNOWN}`);
  return { kind: 'check', check: comparison(fact, value) };
}

const KNOWN = `there are role:, rule:, is_admin:True, ${Object.keys(FACTS).map((name) => `${name}:`).join(', ')}, @ and !`;

function roleCheck(value: string): Check {
  if (value.includes('%(')) throw new RuleUnreadable(`"role:${value}" must name a role`);
  const role = value.toLowerCase();
  return ({ roles }) => roles.includes(role);
}

/** What is not known equals nothing, not even what is not known either. */
function comparison(fact: (asking: Asking) => string | null, value: string): Check {
  const [, name] = /^%\((\w+)\)s$/.exec(value) ?? [];
  if (name === undefined) {
    if (value.includes('%')) throw new RuleUnreadable(`"${value}" must be a value or %(…)s as a whole`);
    return (asking) => fact(asking) === value;
  }
  const expected = Object.hasOwn(OF_TARGET, name) ? OF_TARGET[name] : undefined;
  if (!expected) throw new RuleUnreadable(`nothing has a %(${name})s: there are %(user_id)s and %(project_id)s`);
  return (asking, target) => fact(asking) !== null && fact(asking) === expected(target);
}

function referencesOf(node: Node): readonly string[] {
  switch (node.kind) {
    case 'check': return [];
    case 'rule': return [node.name];
    case 'not': return referencesOf(node.of);
    case 'and':
    case 'or': return node.all.flatMap(referencesOf);
  }
}

function compile(node: Node, ruleNamed: (name: string) => Check): Check {
  switch (node.kind) {
    case 'check': return node.check;
    case 'rule': return ruleNamed(node.name);
    case 'not': {
      const check = compile(node.of, ruleNamed);
      return (asking, target) => !check(asking, target);
    }
    case 'and': {
      const checks = node.all.map((each) => compile(each, ruleNamed));
      return (asking, target) => checks.every((check) => check(asking, target));
    }
    case 'or': {
      const checks = node.all.map((each) => compile(each, ruleNamed));
      return (asking, target) => checks.some((check) => check(asking, target));
    }
  }
}
