import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BayView } from '@jeroboam/domain';
import type { OpenedDriver } from '@jeroboam/driver-sdk/testing';
import { HeatDriver, bayStackName, heatCloud, ownerTagOf } from '@jeroboam/heat-driver';
import type { HeatBlueprint, HeatCloud, Pace } from '@jeroboam/heat-driver';
import { openHeatStacks, openKeystoneSession } from '@jeroboam/openstack';
import type { CloudSession, HeatStacks, StackRef } from '@jeroboam/openstack';
import { Secret, systemTimers } from '@jeroboam/platform';

/** A cloud whose orchestration is a real one or the sandbox's; nothing runs on its servers in either. */
export interface CloudUnderTest {
  readonly session: CloudSession;
  readonly stacks: HeatStacks;
  /** In place of a network service. */
  readonly network?: HeatCloud['network'];
  /** @default often and long */
  readonly pace?: Pace;
}

export function logIn(authUrl: string, { username, password, projectName }: { username: string; password: string; projectName: string }): CloudUnderTest {
  const session = openKeystoneSession({ authUrl, credentials: { kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } } });
  return { session, stacks: openHeatStacks(session, { timers: systemTimers, baseDelayMs: 50 }) };
}

/** Where servers are stood in for, none of them ever signals that it is ready, and no service but Heat can be asked. */
export function withoutSignals({ session, stacks }: CloudUnderTest): CloudUnderTest {
  const environment = { resource_registry: { 'OS::Heat::WaitCondition': 'OS::Heat::None' } };
  const create: HeatStacks['create'] = (stack, signal) => stacks.create({ ...stack, environment }, signal);
  const changed = new Proxy(stacks, {
    get: (target, name: keyof HeatStacks) => (name === 'create' ? create : (target[name].bind(target) as unknown)),
  });
  return { session, stacks: changed, network: async (_bay, ident) => ({ id: ident, portSecurity: false }) };
}

/** For `driverContract`: the inventory is what Heat lists, not what the driver remembers. */
export function openOnCloud(blueprint: HeatBlueprint, { session, stacks, pace = { pollMs: 100, patienceMs: 60_000 }, ...more }: CloudUnderTest): OpenedDriver {
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-heat-drivers-'));
  const cloud: HeatCloud = {
    ...heatCloud({ session: () => session, stacks: () => stacks, authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', simulated: true }), ...more,
  };
  const reopen = () => new HeatDriver(blueprint, { dataDir }, cloud, pace);
  const listed = (bayId: string) => stacks.listByTag(ownerTagOf({ bayId }));
  return {
    driver: reopen(), reopen,
    inventory: async (bayId) => (await there(stacks, await listed(bayId))).map(({ name }) => ({ type: 'heat-stack', name })),
    identities: async (bayId) => Promise.all((await listed(bayId)).map(async (stack) => {
      const resources = await stacks.resources(stack, { nestedDepth: 3 });
      return [stack, resources.map(({ path, physicalId }) => `${path.join('.')} ${physicalId}`).sort()];
    })),
    nodes: async (bay) => nodesOf(bay, stacks),
    close: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Heat goes on listing a deleted stack for a moment. */
async function there(stacks: HeatStacks, listed: readonly StackRef[]): Promise<readonly StackRef[]> {
  const found = await Promise.all(listed.map((stack) => stacks.find(stack)));
  return listed.filter((_, index) => found[index] !== undefined);
}

/** By the servers there are: of each group of resources, the numbers of its members. */
async function nodesOf({ spec, nodeGroups }: BayView, stacks: HeatStacks): Promise<string[]> {
  const stack = await stacks.find(bayStackName(spec));
  const members = stack ? (await stacks.resources(stack, { nestedDepth: 2 })).map(({ path }) => path) : [];
  return nodeGroups.flatMap(({ name, role }) => members
    .filter(([group, number, server]) => group === (role === 'master' ? 'masters' : 'workers') && number !== undefined && server === 'server')
    .map(([, number]) => `${name}-${number}`));
}
