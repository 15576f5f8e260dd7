import type { BayView } from '@jeroboam/domain';
import { notAccessible } from '@jeroboam/driver-sdk';
import type { BayHealth, HealthContext } from '@jeroboam/driver-sdk';
import { hostsOf, stackEntryOf } from './bay/names.ts';
import type { HeatBlueprint, HeatCloud, Probe } from './blueprint.ts';
import { nodesIn } from './steps/nodes.ts';
import type { FoundStack } from './stack/stack-service.port.ts';

/**
 * What the stacks say, and what the bay's own API does where it can be asked. An API that is not reachable from here says
 * nothing about the bay, as in Magnum; in a simulated cloud there is none, and the stacks are all there is.
 */
export async function lookAtHealth(blueprint: HeatBlueprint, cloud: HeatCloud, bay: BayView, context: HealthContext): Promise<BayHealth> {
  const stacks = await stacksOf(cloud, bay);
  const broken = [...stacks].filter(([, stack]) => stack?.progress === 'failed' || !stack);
  const reason = Object.fromEntries([...stacks].map(([name, stack]) => [name, stack ? statusOf(stack) : 'is gone']));
  if (broken.length > 0) return { status: 'UNHEALTHY', reason };
  if (cloud.simulated || !blueprint.probe) return { status: 'HEALTHY', reason: { api: 'ok', ...reason }, observedNodes: countsOf(bay, stacks) };
  const probe = await probed(blueprint, bay, context);
  if (!probe) return notAccessible(bay.spec.name);
  return { status: probe.healthy ? 'HEALTHY' : 'UNHEALTHY', reason: { ...probe.reason, ...reason }, observedNodes: observed(bay, probe, stacks) };
}

/** By the name that health reasons show them under. */
async function stacksOf(cloud: HeatCloud, bay: BayView): Promise<ReadonlyMap<string, FoundStack | undefined>> {
  const service = cloud.stacks(bay.spec);
  const names = new Set(bay.nodeGroups.map((group) => stackEntryOf(bay, group).name));
  const found = await Promise.all([...names].map(async (name) => [`${name}.stack`, await service.find(name)] as const));
  return new Map(found);
}

async function probed(blueprint: HeatBlueprint, bay: BayView, { certificates, signal }: HealthContext): Promise<Probe | undefined> {
  const client = await certificates.client();
  try {
    return await blueprint.probe!(bay, client, signal);
  } catch {
    // Nobody answers: which of all reasons it has cannot be told from here.
    return undefined;
  }
}

function countsOf(bay: BayView, stacks: ReadonlyMap<string, FoundStack | undefined>): Record<string, number> {
  return Object.fromEntries(bay.nodeGroups.map((group) => {
    const stack = stacks.get(`${stackEntryOf(bay, group).name}.stack`);
    return [group.name, stack ? nodesIn(stack, group).length : 0];
  }));
}

/** Servers are named `<stack>-<role>-<number>`, so the API's nodes tell which stack they are of. */
function observed(bay: BayView, { nodes }: Probe, stacks: ReadonlyMap<string, FoundStack | undefined>): Record<string, number> {
  return Object.fromEntries(bay.nodeGroups.map((group) => {
    const prefix = `${hostsOf(stacks.get(`${stackEntryOf(bay, group).name}.stack`)!.name, group)}-`;
    return [group.name, nodes.filter((name) => name.startsWith(prefix)).length];
  }));
}

function statusOf({ action, progress }: FoundStack): string {
  return `${action}_${progress.replace('-', '_').toUpperCase()}`;
}
