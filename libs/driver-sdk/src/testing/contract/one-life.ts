import type { OperationView } from '@jeroboam/domain';
import type { PlannedStep } from '../../driver.contract.ts';
import { BayLife } from '../bay-life.ts';
import type { DriverHarness, OpenedDriver } from './driver-harness.ts';
import { expectLedgerComplete, expectNoSecrets, expectNodes, expectNothingLeft, key } from './findings.ts';

/** The rules that one long life of a bay shows, in the order of that life. Every step is run twice throughout. */
export function oneLife({ manifest, open, spec, timeoutMs = 30_000 }: DriverHarness): void {
  let opened: OpenedDriver;
  let life: BayLife;
  let created: { readonly operation: OperationView; readonly steps: readonly PlannedStep[] };

  beforeAll(async () => {
    opened = await open();
    life = new BayLife(opened.driver, manifest, { workers: 2, ...(spec ? { spec } : {}) });
  }, timeoutMs);
  afterAll(() => opened.close(), timeoutMs);

  const inventory = async () => (await opened.inventory(life.bay.spec.bayId)).map(key).sort();
  const twice = (operation: OperationView) => life.run(operation, { times: 2 });

  it(
    'says that it can work here',
    async () => {
      expect(await opened.driver.availability()).toEqual({ available: true });
    },
    timeoutMs,
  );

  it('plans the same steps for the same bay and operation: uniquely named, plain JSON', () => {
    const operation = life.creation();
    const steps = opened.driver.plan(operation, life.bay);
    created = { operation, steps };
    expect(opened.driver.plan(operation, life.bay)).toEqual(steps);
    expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
    expect(new Set(steps.map((step) => step.name)).size).toBe(steps.length);
    expect(steps.length).toBeGreaterThan(0);
  });

  it(
    'creates the nodes that were asked for, running every step twice',
    async () => {
      await life.runSteps(created.operation, created.steps, { times: 2 });
      await expectNodes(opened, life);
      expect(life.bay.apiAddress).toEqual(expect.any(String));
    },
    timeoutMs,
  );

  it(
    'lists in the ledger what exists, and nothing else',
    async () => {
      await expectLedgerComplete(opened, life);
    },
    timeoutMs,
  );

  it(
    'finds the bay healthy',
    async () => {
      const health = await opened.driver.health(life.bay, life.context(created.operation));
      expect(health).toMatchObject({ status: 'HEALTHY' });
      const wanted = Object.fromEntries(life.bay.nodeGroups.map(({ name, nodeCount }) => [name, nodeCount]));
      expect(health.observedNodes ?? wanted).toEqual(wanted);
    },
    timeoutMs,
  );

  it(
    'has no certificate signed for each look at a bay',
    async () => {
      const look = () => opened.driver.health(life.bay, life.context(created.operation));
      await look();
      const before = life.certificates.issued;
      await look();
      expect(life.certificates.issued).toBe(before);
    },
    timeoutMs,
  );

  it(
    'changes nothing when a whole creation is run again, also by a new process',
    async () => {
      const look = async () => ({
        inventory: await inventory(),
        nodes: life.bay.nodes,
        identities: await opened.identities(life.bay.spec.bayId),
      });
      const before = await look();
      life.driver = opened.reopen();
      await life.runSteps(created.operation, created.steps);
      expect(await look()).toEqual(before);
    },
    timeoutMs,
  );

  it(
    'refuses to act under a lower fencing token',
    async () => {
      const before = await inventory();
      for (const step of created.steps) {
        await expect(life.runStep(created.operation, step, { fencingToken: life.token - created.steps.length })).rejects.toMatchObject({
          name: 'StepFailed',
        });
      }
      const deletion = life.deletion();
      const [first] = life.driver.plan(deletion, life.bay);
      await expect(life.runStep(deletion, first!, { fencingToken: 1 })).rejects.toMatchObject({ name: 'StepFailed' });
      expect(await inventory()).toEqual(before);
    },
    timeoutMs,
  );

  if (manifest.capabilities.operations.includes('resize')) {
    it(
      'grows by nodes with new names',
      async () => {
        const before = life.bay.nodes;
        await twice(life.resizing(3));
        expect(life.bay.nodes).toEqual(expect.arrayContaining([...before]));
        await expectNodes(opened, life);
        await expectLedgerComplete(opened, life);
      },
      timeoutMs,
    );

    it(
      'shrinks by the newest nodes when none are named',
      async () => {
        const [oldest] = life.nodesOf('default-worker');
        await twice(life.resizing(1));
        expect(life.nodesOf('default-worker').map((node) => node.name)).toEqual([oldest!.name]);
        await expectNodes(opened, life);
        await expectLedgerComplete(opened, life);
      },
      timeoutMs,
    );

    it(
      'never uses a name again',
      async () => {
        const used = (await opened.nodes(life.bay)).concat('default-worker-1', 'default-worker-2');
        await twice(life.resizing(3));
        expect(
          life
            .nodesOf('default-worker')
            .slice(1)
            .filter((node) => used.includes(node.name)),
        ).toEqual([]);
        await expectNodes(opened, life);
      },
      timeoutMs,
    );

    it(
      'removes the very nodes that are named, by name or by address',
      async () => {
        const [byName, byAddress, stays] = life.nodesOf('default-worker');
        await twice(life.resizing(1, [byName!.name, byAddress!.address]));
        expect(life.nodesOf('default-worker').map((node) => node.name)).toEqual([stays!.name]);
        await expectNodes(opened, life);
      },
      timeoutMs,
    );

    it(
      'refuses to remove a node that is not there, before anything is changed',
      async () => {
        const before = await inventory();
        await expect(life.run(life.resizing(0, ['no-such-node']))).rejects.toMatchObject({ name: 'StepFailed', retryable: false });
        life.resizing(life.nodesOf('default-worker').length);
        expect(await inventory()).toEqual(before);
      },
      timeoutMs,
    );
  }

  it('refuses an operation it does not support', () => {
    const operation = { ...life.creation(), kind: 'fly' } as unknown as OperationView;
    expect(() => life.driver.plan(operation, life.bay)).toThrow(expect.objectContaining({ name: 'StepFailed', retryable: false }));
  });

  it(
    'refuses a step that is in none of its plans',
    async () => {
      await expect(life.runStep(created.operation, { name: 'no-such-step' })).rejects.toMatchObject({
        name: 'StepFailed',
        retryable: false,
      });
    },
    timeoutMs,
  );

  it(
    'leaves nothing behind when the bay is deleted',
    async () => {
      await twice(life.deletion());
      await expectNothingLeft(opened, life);
      expect(life.bay.nodes).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'does not let a straggler bring a deleted bay back',
    async () => {
      for (const step of created.steps) {
        await expect(life.runStep(created.operation, step, { fencingToken: 1 })).rejects.toMatchObject({ name: 'StepFailed' });
      }
      await expectNothingLeft(opened, life);
    },
    timeoutMs,
  );

  it('keeps keys and tokens out of plans, results, ledger and logs', () => {
    expectNoSecrets(life.said, created.steps, life.bay, life.ledger.entries());
  });
}
