import { StepFailed } from '@jeroboam/driver-sdk';
import { parse } from 'yaml';
import type { Site } from '../blueprint.ts';
import { bayStackName } from '../bay/names.ts';
import { inCloud } from '../stack/reasons.ts';
import type { Target } from '../steps/target.ts';
import type { Work } from '../steps/work.ts';

/** By template: there are few, and every new bay asks. */
const declared = new Map<string, readonly string[]>();

/** Names of the parameters that a template declares. */
export function declaredIn(template: string): readonly string[] {
  const known = declared.get(template);
  if (known) return known;
  const { parameters } = parse(template) as { parameters?: Record<string, unknown> };
  const names = Object.keys(parameters ?? {});
  declared.set(template, names);
  return names;
}

/** Values for a new stack: the driver's, and for a node group what the outputs of the bay's own stack tell. */
export async function parametersFor(work: Work, { nodeGroup, groups }: Target, template: string, site: Site): Promise<Readonly<Record<string, unknown>>> {
  const { context: { bay }, blueprint } = work;
  const workers = nodeGroup ?? groups.find(({ role }) => role !== 'master')!;
  const known = { ...(nodeGroup ? await outputsOfOwn(work) : {}), ...(await blueprint.parametersOf(bay, workers, site)) };
  const names = declaredIn(template);
  return Object.fromEntries(Object.entries(known).filter(([name, value]) => names.includes(name) && value !== null && value !== undefined));
}

async function outputsOfOwn({ stacks, context: { bay } }: Work): Promise<Readonly<Record<string, unknown>>> {
  const name = bayStackName(bay.spec);
  const own = await inCloud(stacks.find(name));
  if (!own || own.progress !== 'complete')
    throw new StepFailed(`The bay's own stack ${name} is ${own ? `${own.action} ${own.progress}` : 'not there'}; a node group needs its network`, { retryable: true });
  return own.outputs;
}
