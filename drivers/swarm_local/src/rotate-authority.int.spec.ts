import { writeFileSync } from 'node:fs';
import type { OperationView } from '@jeroboam/domain';
import { BayLife } from '@jeroboam/driver-sdk/testing';
import type { LifeOptions } from '@jeroboam/driver-sdk/testing';
import type { NodeRecord } from './bay/bay-record.ts';
import { EngineApis, identityFiles } from './bay/bay-site.ts';
import { BayNames } from './bay/names.ts';
import { readRecord } from './bay/record-store.ts';
import { findEngine } from './host/engine-process.ts';
import { swarmLocalV1 } from './index.ts';
import { openLocalDriver } from './testing/local-harness.ts';
import type { LocalDriver } from './testing/local-harness.ts';
import { SwarmUser, eventually } from './testing/swarm-user.ts';
import { TIMEOUT_MS, withEngines } from './testing/with-engines.ts';

interface Bay {
  readonly local: LocalDriver;
  readonly life: BayLife;
  readonly names: BayNames;
  readonly nodes: () => readonly NodeRecord[];
  /** A user with a way to the first master as the files of the moment give it. */
  readonly user: <T>(does: (user: SwarmUser) => Promise<T>) => Promise<T>;
}

/** A bay of real engines, for as long as `lives` takes. */
async function aBay(options: LifeOptions, lives: (bay: Bay) => Promise<void>): Promise<void> {
  const local = await openLocalDriver();
  const life = new BayLife(local.driver, swarmLocalV1, options);
  const names = new BayNames(life.bay.spec.bayId, local.dataDir);
  const nodes = () => readRecord(names.bayDir)!.nodes;
  const user = async <T>(does: (user: SwarmUser) => Promise<T>): Promise<T> => {
    using apis = new EngineApis(names);
    return await does(new SwarmUser(apis.of(nodes().find((node) => node.role === 'master')!)));
  };
  try {
    await life.run(life.creation());
    await lives({ local, life, names, nodes, user });
  } finally {
    await life.run(life.deletion());
    await local.close();
  }
}

/** Does something every few milliseconds while `work` goes on. */
async function during(work: Promise<unknown>, look: () => void): Promise<void> {
  const looking = setInterval(look, 5);
  await work.finally(() => clearInterval(looking));
}

const running = ({ names, nodes }: Bay) => nodes().filter(({ slot }) => findEngine(names, slot) !== undefined).length;

async function keepsWork(bay: Bay): Promise<void> {
  const { life, user } = bay;
  const before = bay.nodes().map(({ name, swarmId, address }) => [name, swarmId, address]);
  await user((someone) => someone.runService('web', ['sleep', '100000'], 2, 'worker'));
  await user((someone) => someone.running('web', 2));
  let fewest = Infinity;
  await during(life.run(life.rotation()), () => (fewest = Math.min(fewest, running(bay))));
  expect(fewest).toBe(2);
  expect(bay.nodes().map(({ name, swarmId, address }) => [name, swarmId, address])).toEqual(before);
  expect(await user((someone) => someone.running('web', 2))).toHaveLength(2);
}

async function keepsQuorum(bay: Bay): Promise<void> {
  const { life, local } = bay;
  let fewest = Infinity;
  await during(life.run(life.rotation()), () => (fewest = Math.min(fewest, running(bay))));
  expect(fewest).toBe(2);
  expect(await local.nodes(life.bay)).toHaveLength(3);
  expect(await local.admits!(life.bay, await life.certificates.newClient())).toBe(true);
}

/** Cut off when the only master is down, which is when it would hurt most. */
async function comesBack({ local, life, names, nodes }: Bay): Promise<void> {
  const { slot } = nodes().find((node) => node.role === 'master')!;
  const old = await life.certificates.newClient();
  const rotation = life.rotation();
  const cut = new AbortController();
  const running = life.run(rotation, { signal: cut.signal });
  await expect(during(running, () => findEngine(names, slot) ?? cut.abort(new Error('no longer wanted')))).rejects.toThrow(/no longer wanted|aborted/);
  const { caPem } = await life.certificates.newClient('candidate');
  expect(await local.admits!(life.bay, { ...old, caPem })).toBe(true);
  life.driver = local.reopen();
  await life.run(life.rotation());
  expect(await local.admits!(life.bay, { ...old, caPem })).toBe(false);
  expect(await local.admits!(life.bay, await life.certificates.newClient())).toBe(true);
}

/** What a death between the writing of a file and the restart of the engine leaves. */
async function noticesFiles({ local, life, names, nodes }: Bay): Promise<void> {
  await life.certificates.startRotation();
  const newcomer = await life.certificates.newClient('candidate');
  for (const { slot } of nodes()) writeFileSync(identityFiles(names.nodeDir(slot)).ca, newcomer.caPem);
  expect(await local.admits!(life.bay, newcomer)).toBe(false);
  await life.run(life.resizing(1));
  expect(await local.admits!(life.bay, newcomer)).toBe(true);
}

/** The look comes while a step has an engine stopped: only one of them may start it. */
async function isLeftAlone({ life, names, nodes }: Bay): Promise<void> {
  const { slot } = nodes().find((node) => node.role === 'worker')!;
  const looks: Promise<unknown>[] = [];
  const operation: OperationView = life.rotation();
  await during(life.run(operation), () => {
    if (findEngine(names, slot) === undefined && looks.length < 5) looks.push(life.driver.health(life.bay, life.context(operation)));
  });
  expect(looks.length).toBeGreaterThan(0);
  await Promise.all(looks);
  expect(life.said.filter((said) => String(said).includes('had died'))).toEqual([]);
  const health = () => life.driver.health(life.bay, life.context(operation));
  await eventually('the bay is healthy', async () => ((await health()).status === 'HEALTHY' ? true : undefined));
}

await withEngines(() => {
  describe('rotating the CA of a bay of real engines', () => {
    const lives = (options: LifeOptions, life: (bay: Bay) => Promise<void>) => () => aBay(options, life);
    it('restarts one engine at a time and keeps nodes and services', lives({ workers: 2 }, keepsWork), TIMEOUT_MS);
    it('keeps the majority of three masters', lives({ masters: 3, workers: 0 }, keepsQuorum), TIMEOUT_MS);
    it('lets users in who were let in before when it is cut off, and ends right when it is run again', lives({ workers: 1 }, comesBack), TIMEOUT_MS);
    it('notices certificates that an engine has not read, in every operation', lives({ workers: 1 }, noticesFiles), TIMEOUT_MS);
    it('is not disturbed by a look at the health', lives({ workers: 1 }, isLeftAlone), TIMEOUT_MS);
  });
});
