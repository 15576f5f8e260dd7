import { randomUUID } from 'node:crypto';
import type { BaySpec, LiveBay, NodeGroupView } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { aBaySpec, aNodeGroup } from '@jeroboam/driver-sdk/testing';
import { createBay, createNodeGroup, deleteBay, deleteNodeGroup, resizeBay } from '@jeroboam/messaging';
import { shareOf } from '@jeroboam/read-model';
import type { UsageDocument, UsagePeriod } from '@jeroboam/read-model';
import { billedServers, sumOf } from './harness/metering.ts';
import type { Bill, MeteredServer } from './harness/metering.ts';
import { Random } from './harness/random.ts';
import { KINDS, PROJECTS, SimulatedWorld } from './harness/simulated-world.ts';

const FLAVORS = ['m1.tiny', 'm1.small', 'm1.medium', 'm1.large'];
const FAULTS = [
  { match: { type: 'OS::Nova::Server', action: 'create' }, effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' } },
  { match: { type: 'OS::Nova::Server', action: 'create' }, effect: { kind: 'fail', error: 'Forbidden', message: 'Quota exceeded for cores (HTTP 403)' } },
  { match: { action: 'boot' }, effect: { kind: 'fail', error: 'Boot', message: 'the engine does not start' } },
  { match: { type: 'OS::Nova::Server', action: 'delete' }, effect: { kind: 'fail', error: 'Conflict', message: 'the server is locked (HTTP 409)' } },
  { match: { type: 'OS::Neutron::Port', action: 'create' }, effect: { kind: 'fail', error: 'Conflict', message: 'no address is left (HTTP 409)' } },
  { match: { request: 'GET /compute/v2.1/os-simple-tenant-usage/*' }, effect: { kind: 'answer', status: 503 } },
  { match: { request: 'POST /orchestration/*' }, effect: { kind: 'answer', status: 503 } },
];
const ROUNDS = 140;
const MOST_BAYS = 5;

/** What somebody does with a cloud full of bays. */
class Users {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly dice: Random,
  ) {}

  async act(): Promise<void> {
    const { world, dice } = this;
    const choice = dice.next(20);
    if (choice < 3) return this.#create();
    if (choice < 6) return this.#resize();
    if (choice < 8) return this.#addGroup();
    if (choice < 9) return this.#dropGroup();
    if (choice < 11) return this.#delete();
    if (choice < 13) return void (await world.admin('POST', 'faults', { ...this.#pick(FAULTS), times: 1 + dice.next(4) }));
    if (choice < 14) return world.restartService();
    if (choice < 15) return world.restartSandbox();
    return world.clock.advance(this.#pick([7, 300, 1_499, 2_000, 20_000, 600_000, 4_000_000]));
  }

  async #create(): Promise<void> {
    const { world: { service }, dice } = this;
    if ((await this.world.bays()).length >= MOST_BAYS) return;
    const { manifest, image } = this.#pick(KINDS);
    const spec = this.#spec(manifest, image);
    const nodeGroups = [
      aNodeGroup('default-master', 1, { flavorId: spec.masterFlavorId, imageId: image }),
      aNodeGroup('default-worker', dice.next(4), { flavorId: spec.flavorId, imageId: image }),
    ];
    await service.tell(createBay, { spec, nodeGroups });
  }

  #spec(manifest: DriverManifest, imageId: string): BaySpec {
    const [projectId, flavorId, masterFlavorId] = [this.#pick(PROJECTS), this.#pick(FLAVORS), this.#pick(FLAVORS)];
    const networkDriver = manifest.capabilities.networkDrivers[0]!;
    const name = `bay-${this.dice.next(1_000)}`;
    return aBaySpec(manifest, { name, projectId, flavorId, masterFlavorId, imageId, networkDriver, externalNetworkId: 'public' });
  }

  async #resize(): Promise<void> {
    const [bay, group] = await this.#anyGroup(({ role }) => role !== 'master');
    if (!bay || !group) return;
    const members = bay.nodes.filter(({ nodeGroup }) => nodeGroup === group.name).map(({ name }) => name);
    const nodesToRemove = members.length > 0 && this.dice.next(3) === 0 ? [this.#pick(members)] : [];
    await this.world.service.tell(resizeBay, { bayId: bay.spec.bayId, nodeGroup: group.name, nodeCount: this.dice.next(5), nodesToRemove });
  }

  async #addGroup(): Promise<void> {
    const bay = await this.#anyBay();
    if (!bay) return;
    const flavorId = this.#pick(FLAVORS);
    const nodeGroup = aNodeGroup(`more-${this.dice.next(2)}`, this.dice.next(4), { nodeGroupId: randomUUID(), flavorId, imageId: bay.spec.imageId });
    await this.world.service.tell(createNodeGroup, { bayId: bay.spec.bayId, nodeGroup });
  }

  async #dropGroup(): Promise<void> {
    const [bay, group] = await this.#anyGroup(({ isDefault }) => !isDefault);
    if (bay && group) await this.world.service.tell(deleteNodeGroup, { bayId: bay.spec.bayId, nodeGroup: group.name });
  }

  async #delete(): Promise<void> {
    const bay = await this.#anyBay();
    if (bay) await this.world.service.tell(deleteBay, { bayId: bay.spec.bayId });
  }

  async #anyBay(): Promise<LiveBay | undefined> {
    const bays = await this.world.bays();
    return bays.length === 0 ? undefined : this.#pick(bays);
  }

  async #anyGroup(wanted: (group: NodeGroupView) => boolean): Promise<readonly [LiveBay?, NodeGroupView?]> {
    const bay = await this.#anyBay();
    const groups = bay?.nodeGroups.filter(wanted) ?? [];
    return groups.length === 0 ? [] : [bay!, this.#pick(groups)];
  }

  #pick<T>(things: readonly T[]): T {
    return things[this.dice.next(things.length)]!;
  }
}

function billOf(usage: readonly UsageDocument[], period: UsagePeriod): Bill {
  return sumOf(usage.map((interval) => [`${interval.bayId} ${interval.nodeGroup} ${interval.flavor}`, shareOf(interval, period)?.nodeMilliseconds ?? 0]));
}

describe('the usage of bays with any history', () => {
  let world: SimulatedWorld;
  beforeEach(async () => {
    world = new SimulatedWorld();
    await world.open();
  });
  afterEach(() => world.close());

  const dice = new Random();

  it(`adds up to what the cloud has metered, whatever went wrong, and is the same when it is rebuilt (seed ${dice.seed})`, async () => {
    const users = new Users(world, dice);
    const begin = world.clock.now().getTime();
    for (let round = 0; round < ROUNDS; round += 1) {
      await users.act();
      for (let step = dice.next(9); step > 0; step -= 1) {
        // Every now and then an executor dies before it can say what it did.
        await world.service.work(dice.next(15) === 0);
        await world.clock.advance(dice.next(3) * 700);
      }
    }
    await world.admin('DELETE', 'faults');
    await world.quieten();
    // What an operation that was given up has left behind is told by the next one.
    for (const { spec, status } of await world.bays()) if (status.endsWith('_FAILED') || dice.next(2) === 0) await world.service.tell(deleteBay, { bayId: spec.bayId });
    await world.quieten();
    await world.clock.advance(3_600_000);

    const usage = await world.usage();
    const { servers } = await world.admin<{ servers: readonly MeteredServer[] }>('GET', 'metering');
    expect([usage.length, servers.length].every((count) => count > 0)).toBe(true);
    const groups = await world.groups();
    const end = world.clock.now().getTime();
    const middle = begin + dice.next(end - begin);
    for (const [from, to] of [[begin, end], [begin, middle], [middle, end]] as const) {
      const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      expect(billOf(usage, period)).toEqual(billedServers(servers, groups, period));
    }
    expect(JSON.stringify(await world.rebuiltUsage())).toBe(JSON.stringify(usage));
  }, 300_000);
});
