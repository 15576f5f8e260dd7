import type { DriverManifest, ExtensionCommand } from '@jeroboam/driver-sdk';
import type { ExtensionRule } from '../policy/policy.ts';

/** What a command may ask for itself, as rules that operators can move all at once. */
const RULES = { reader: 'rule:extension:read', member: 'rule:extension:run', admin: 'rule:context_is_admin' } as const;

export function ruleOf(alias: string, { name }: Pick<ExtensionCommand, 'name'>): ExtensionRule {
  return `ext:${alias}:${name}`;
}

/** The rules of all loaded extensions with their defaults. What is not among them nobody may do. */
export function extensionRules(manifests: readonly DriverManifest[]): Readonly<Record<ExtensionRule, string>> {
  const rules = manifests.flatMap(({ extension }) =>
    (extension?.commands ?? []).map((command) => [ruleOf(extension!.alias, command), RULES[command.policy ?? 'member']] as const));
  return Object.fromEntries(rules);
}
