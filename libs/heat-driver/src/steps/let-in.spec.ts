import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import { BayLife, aManifest } from '@jeroboam/driver-sdk/testing';
import { bayStackName } from '../bay/names.ts';
import type { HeatBlueprint } from '../blueprint.ts';
import { HeatDriver } from '../heat-driver.ts';
import { FakeHeat, fakeHeatCloud } from '../testing/fake-heat.ts';

describe('the nodes of a stack', () => {
  let dataDir: string;
  let heat: FakeHeat;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-let-in-'));
    heat = new FakeHeat();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  function lifeOf(parameters = '{ bootstrap_token: { hidden: true } }') {
    const files = { 'bay.yaml': `parameters: ${parameters}`, 'node-group.yaml': `parameters: ${parameters}` };
    const templates = templatesOf({ version: '1.0.0', parameters: {}, outputs: {}, files });
    const blueprint: HeatBlueprint = { name: 'some_driver', bundles: templates.bundles, parametersOf: (_bay, _group, { bootstrapToken }) => ({ bootstrap_token: bootstrapToken }) };
    const { capabilities } = aManifest();
    const manifest = aManifest({ ...templates, capabilities: { ...capabilities, operations: ['resize', 'node-groups', 'health'] } });
    const life = new BayLife(new HeatDriver(blueprint, { dataDir }, fakeHeatCloud(heat), { pollMs: 1, patienceMs: 500 }), manifest);
    const stack = bayStackName(life.bay.spec);
    return { life, stack, minted: life.certificates.minted, token: () => heat.parametersOf(stack)['bootstrap_token'] };
  }

  it('are let in with a token for as many as there are, until the stack is complete', async () => {
    const { life, stack, minted, token } = lifeOf();
    await life.run(life.creation());
    expect(minted).toEqual([`${stack}: 1 masters, 2 workers`, `${stack}: closed`]);
    expect(token()).toMatch(/^jeroboam-stack:[\w-]{43}$/);
    expect(JSON.stringify([life.said, life.ledger.entries(), life.bay])).not.toContain(token());
  });

  it('have a fresh token where more of them come, and none where they only go', async () => {
    const { life, stack, minted, token } = lifeOf();
    await life.run(life.creation());
    const first = token();
    await life.run(life.resizing(1));
    expect(token()).toBe(first);
    minted.length = 0;
    await life.run(life.resizing(3));
    expect(minted).toEqual([`${stack}: 1 masters, 3 workers`, `${stack}: closed`]);
    expect(token()).not.toBe(first);
  });

  it('have a fresh token where one takes another’s place', async () => {
    const { life, token } = lifeOf();
    await life.run(life.creation());
    const first = token();
    const [leaving] = life.nodesOf('default-worker');
    await life.run(life.resizing(2, [leaving!.name]));
    expect(token()).not.toBe(first);
  });

  it('have a fresh token where a failed stack is brought through again', async () => {
    const { life, stack, minted, token } = lifeOf();
    heat.breakNext({ reason: 'No valid host was found' });
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    const first = token();
    await expect(life.runStep(operation, { name: 'await-stack' })).rejects.toMatchObject({ retryable: true });
    await life.runStep(operation, { name: 'await-stack' }, { attempt: 2 });
    expect(token()).not.toBe(first);
    expect(minted).toEqual([`${stack}: 1 masters, 2 workers`, `${stack}: 1 masters, 2 workers`, `${stack}: closed`]);
  });

  it('need no token where their template wants none', async () => {
    const { life, minted } = lifeOf('{ image: { default: x } }');
    await life.run(life.creation());
    await life.run(life.resizing(3));
    expect(minted).toEqual([]);
  });
});
