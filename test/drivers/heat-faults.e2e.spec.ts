import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { BehindTheSandbox } from './behind-the-sandbox.ts';
import { logIn, openOnCloud } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';
import type { HeatDriverUnderTest } from './heat-drivers.ts';
import { TriedLife } from './tried-life.ts';
import type { TriedLifeOptions } from './tried-life.ts';

const drivers = await heatDrivers();

let sandbox: SandboxCloud;
let behind: BehindTheSandbox;
let cloud: CloudUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
  behind = await BehindTheSandbox.open(sandbox);
  cloud = logIn(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' });
}, 60_000);
afterEach(() => behind.mend());
afterAll(async () => {
  cloud?.session.close();
  await sandbox?.close();
});

const OPERATIONS = ['create', 'resize', 'add a node group', 'delete a node group', 'delete'] as const;
type Operation = (typeof OPERATIONS)[number];

interface Trouble {
  /** What goes wrong from before the operation on. */
  begin(operation: Operation): Promise<void>;
  /** What the failed tries of the operation say; without it none of them fails. */
  said(operation: Operation): RegExp | undefined;
  betweenTries?(failures: number): Promise<void>;
  readonly pace?: CloudUnderTest['pace'];
}

const isDeletion = (operation: Operation) => operation.startsWith('delete');
const made = { type: 'OS::Nova::Server', action: 'create' };
const deleted = { type: 'OS::Nova::Server', action: 'delete' };
const fail = (error: string, message: string) => ({ kind: 'fail', error, message });
const heat = { action: 'request', request: '* /orchestration/*' };

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a full quota': {
    async begin() {
      await behind.limit((await behind.things()).filter(({ kind }) => kind === 'server').length);
    },
    // Deleting needs no room.
    said: (operation) => (isDeletion(operation) ? undefined : /failed in the compute service: .*Quota exceeded for instances/),
    // Somebody makes room, after more tries than a failure that does not pass is given.
    betweenTries: async (failures) => (failures === 5 ? behind.limit(-1) : undefined),
  },
  'something that is in use when it is to go': {
    async begin(operation) {
      // Of what is made only that which failed is to go, when it is tried again.
      if (operation === 'create' || operation === 'add a node group') await behind.breaks(made, fail('ResourceInError', 'No valid host was found'), 1);
      await behind.breaks(operation === 'delete' ? { type: 'OS::Neutron::Port', action: 'delete' } : deleted, fail('Conflict', 'It is in use (HTTP 409)'), 2);
    },
    said: () => /It is in use \(HTTP 409\)/,
  },
  'an orchestration service that is away': {
    begin: () => behind.breaks(heat, { kind: 'answer', status: 503 }, 7),
    said: () => /orchestration|Heat/i,
  },
  'a stack that fails once': {
    begin: (operation) => behind.breaks(isDeletion(operation) ? deleted : made, fail('ResourceInError', 'No valid host was found'), 1),
    said: () => /No valid host was found/,
  },
  'a cloud that is slow': {
    pace: { pollMs: 10, patienceMs: 30 },
    async begin(operation) {
      await behind.breaks(isDeletion(operation) ? deleted : made, { kind: 'delay', ms: 200 });
      await behind.breaks(heat, { kind: 'delay', ms: 10 });
    },
    said: () => /_IN_PROGRESS|not there yet/,
    // As the scheduler's pauses are longer than a stack takes to be looked at.
    betweenTries: () => new Promise((resolve) => setTimeout(resolve, 50)),
  },
};

async function withLife(driver: HeatDriverUnderTest, options: TriedLifeOptions & Pick<CloudUnderTest, 'pace'>, use: (life: TriedLife) => Promise<void>): Promise<void> {
  const opened = openOnCloud(driver.blueprint, { ...cloud, pace: options.pace ?? { pollMs: 10, patienceMs: 30_000 } });
  const life = new TriedLife(opened, driver.manifest, { workers: 1, spec: driver.spec, ...options });
  try {
    await use(life);
    expect(await life.books()).toEqual({ ledger: [], outside: [] });
    expect((await behind.things()).map(({ kind, id }) => `${kind} ${id}`)).toEqual([]);
  } catch (error) {
    // What went wrong here is not to be in the next one's way.
    await behind.mend();
    await life.delete();
    throw error;
  } finally {
    await opened.close();
  }
}

it('finds every driver in drivers/ whose bays are stacks', () => {
  expect(new Set(drivers.map(({ manifest }) => manifest.name))).toEqual(new Set(drivers.map(({ blueprint }) => blueprint.name)));
  expect(drivers.length).toBeGreaterThanOrEqual(4);
});

describe.each(drivers)('$manifest.name $manifest.version in a cloud with faults', (driver) => {
  it.each(Object.entries(TROUBLES))('says what is wrong and goes on by itself through %s, in every operation', async (_name, trouble) => {
    await withLife(driver, { ...(trouble.betweenTries ? { betweenTries: (failures) => trouble.betweenTries!(failures) } : {}), ...(trouble.pace ? { pace: trouble.pace } : {}) }, async (life) => {
      const doing: Readonly<Record<Operation, () => Promise<readonly Error[]>>> = {
        create: () => life.create(),
        resize: () => life.resize(2, ['default-worker-0']),
        'add a node group': () => life.addNodeGroup(),
        'delete a node group': () => life.deleteNodeGroup(),
        delete: () => life.delete(),
      };
      for (const operation of OPERATIONS) {
        await trouble.begin(operation);
        const said = (await doing[operation]()).map(({ message }) => message);
        const expected = trouble.said(operation);
        expect({ operation, said }).toEqual({ operation, said: expected ? expect.arrayContaining([expect.stringMatching(expected)]) : [] });
        await behind.mend();
        const { ledger, outside } = await life.books();
        expect({ operation, ledger }).toEqual({ operation, ledger: outside });
      }
    });
  }, 120_000);

  it.each<[string, 'create' | 'resize' | 'addNodeGroup', Parameters<BehindTheSandbox['breaks']>]>([
    ['no host for a server of a new bay', 'create', [made, fail('ResourceInError', 'No valid host was found')]],
    ['a node of a new bay that does not come up', 'create', [{ action: 'boot' }, fail('Boot', 'the engine does not start')]],
    ['no host for a server more', 'resize', [made, fail('ResourceInError', 'No valid host was found')]],
    ['no host for a node group', 'addNodeGroup', [made, fail('ResourceInError', 'No valid host was found')]],
  ])('gives up after three tries, with the reason, and leaves nothing behind: %s', async (_what, operation, fault) => {
    await withLife(driver, {}, async (life) => {
      if (operation !== 'create') await life.create();
      await behind.breaks(...fault);
      const tried = operation === 'resize' ? life.resize(2) : life[operation]();
      await expect(tried).rejects.toMatchObject({ retryable: false, message: expect.stringContaining(fault[1]['message'] as string) as string });
      await life.delete();
    });
  }, 120_000);
});
