/** What a bay's credential is for. `control` stays with us; the others go to nodes, each to those that need it. */
export type Purpose = 'control' | 'network' | 'volume' | 'registry' | 'certs';

/** Begins the names of all that a bay has in Keystone, so that they can be found whatever else was lost. */
export function bayPrefix(bayId: string): string {
  return `jeroboam-${bayId}-`;
}

/**
 * Name of a credential, known before it is made: whoever crashes in between has something to look for.
 * @param generation 1 for the first one of its purpose; a rotation makes the next before it takes the old one away.
 */
export function credentialName(bayId: string, purpose: Purpose, generation: number): string {
  return `${bayPrefix(bayId)}${purpose}-${generation}`;
}

/** Roles over other people's things. No bay gets them, whoever asks for it. */
const NEVER_PASSED_ON: ReadonlySet<string> = new Set(['admin', 'manager', 'service']);

/** Of the wanted roles those that the requester holds and may pass on, each once, in the order wanted. */
export function rolesToPassOn(wanted: readonly string[], held: readonly string[]): readonly string[] {
  // Keystone takes role names for equal whatever their case.
  const holds = new Set(held.map((role) => role.toLowerCase()));
  return [...new Set(wanted.map((role) => role.toLowerCase()))].filter((role) => holds.has(role) && !NEVER_PASSED_ON.has(role));
}
