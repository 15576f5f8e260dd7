import { inCloud } from '../stack/reasons.ts';
import type { FoundStack } from '../stack/stack-service.port.ts';
import type { Work } from './work.ts';

/** Whatever a service does within this time shows in Heat; what only waits for a slow node may be asked for again without harm. */
const STANDSTILL_MS = 15 * 60_000;
/** As deep as Heat lets stacks be nested. */
const DEEPEST_NESTING = 5;

/**
 * Whether nothing has happened to a stack in progress for long. When an engine of Heat dies in the middle of a stack, nobody
 * goes on with it: it stays in progress for good, until it is asked for again, which Heat takes also then (seen on Heat 19).
 */
export async function standsStill({ stacks, pace, context: { log } }: Work, found: FoundStack): Promise<boolean> {
  const longMs = pace.standstillMs ?? STANDSTILL_MS;
  // Its resources are many: they are asked for only where the stack itself has been under way for so long.
  if (found.progress !== 'in-progress' || sinceMs([found.createdAt, found.updatedAt]) < longMs) return false;
  const resources = await inCloud(stacks.resources(found, { nestedDepth: DEEPEST_NESTING }));
  const stillForMs = sinceMs([found.createdAt, found.updatedAt, ...resources.map(({ updatedAt }) => updatedAt)]);
  if (stillForMs < longMs) return false;
  log.warn('nothing happens to a stack in progress; it is asked for again', { stack: found.name, action: found.action, stillForMs });
  return true;
}

/** Since the last of these; 0 where none is a time. */
function sinceMs(times: readonly (string | null | undefined)[]): number {
  const known = times.map((time) => Date.parse(time ?? '')).filter(Number.isFinite);
  return known.length === 0 ? 0 : Date.now() - Math.max(...known);
}
