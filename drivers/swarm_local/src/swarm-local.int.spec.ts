import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BayLife, driverContract } from '@jeroboam/driver-sdk/testing';
import { EngineApis } from './bay/bay-site.ts';
import { BayNames } from './bay/names.ts';
import { readRecord } from './bay/record-store.ts';
import { findEngine } from './host/engine-process.ts';
import { kill, readProcesses } from './host/processes.ts';
import { inventoryOf, swarmLocalV1 } from './index.ts';
import { tracesOf } from './testing/host-look.ts';
import { openLocalDriver } from './testing/local-harness.ts';
import type { LocalDriver } from './testing/local-harness.ts';
import { SwarmUser, eventually } from './testing/swarm-user.ts';
import { TIMEOUT_MS, withEngines } from './testing/with-engines.ts';

await withEngines(realSwarms);

function realSwarms(): void {
  driverContract('swarm_local, with real engines,', { manifest: swarmLocalV1, open: openLocalDriver, cuts: 2, timeoutMs: TIMEOUT_MS });
  describe('a bay of three real engines', () => {
    aRealLife();
  });
  it('makes bays of three masters, which outlive their leader', threeMasters, TIMEOUT_MS);
  it('refuses what it cannot make before it touches the host', refusals, TIMEOUT_MS);
}

function aRealLife(): void {
  let local: LocalDriver;
  let life: BayLife;
  let names: BayNames;
  let apis: EngineApis;
  let user: SwarmUser;

  const bayId = () => life.bay.spec.bayId;
  const recordOf = (name: string) => readRecord(names.bayDir)!.nodes.find((node) => node.name === name)!;
  const health = () => life.driver.health(life.bay, life.context(life.creation()));

  beforeAll(async () => {
    local = await openLocalDriver();
    life = new BayLife(local.driver, swarmLocalV1, { workers: 2 });
    await life.run(life.creation());
    names = new BayNames(bayId(), local.dataDir);
    apis = new EngineApis(names);
    user = new SwarmUser(apis.of(recordOf('default-master-0')));
  }, TIMEOUT_MS);
  afterAll(async () => {
    apis[Symbol.dispose]();
    await life.run(life.deletion());
    await local.close();
  }, TIMEOUT_MS);

  it(
    'answers at its API address with mutual TLS and to nobody else',
    () => {
      const { key, certificate, ca } = { key: 'key.pem', certificate: 'cert.pem', ca: 'ca.pem' };
      const tls = join(names.nodeDir(0), 'tls');
      const ask = (...identity: readonly string[]) =>
        execFileSync(
          'curl',
          ['-sS', '--max-time', '5', '--cacert', join(tls, ca), ...identity, `${life.bay.apiAddress!.replace('tcp', 'https')}/_ping`],
          { encoding: 'utf8', stdio: 'pipe' },
        );
      expect(ask('--cert', join(tls, certificate), '--key', join(tls, key))).toBe('OK');
      expect(() => ask()).toThrow();
    },
    TIMEOUT_MS,
  );

  it('keeps private keys in files for its own user only, and no secret in any command line', () => {
    const keys = [0, 1, 2].map((slot) => join(names.nodeDir(slot), 'tls', 'key.pem'));
    expect(keys.map((key) => statSync(key).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(readProcesses().filter(({ args }) => /SWMTKN-|PRIVATE KEY/.test(args.join(' ')))).toEqual([]);
  });

  it(
    'runs a service of a newcomer, who has no registry, on its workers',
    async () => {
      await user.runService('web', ['sleep', '100000'], 2, 'worker');
      expect([...(await user.running('web', 2))].sort()).toEqual(
        life
          .nodesOf('default-worker')
          .map((node) => node.externalId!)
          .sort(),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'grows to three workers while work is running',
    async () => {
      await life.run(life.resizing(3));
      expect(await local.nodes(life.bay)).toHaveLength(4);
      expect(await health()).toEqual({
        status: 'HEALTHY',
        reason: {
          api: 'ok',
          quorum: 'True',
          managers: '1 of 1 reachable',
          ...Object.fromEntries(life.bay.nodes.map(({ name }) => [`${name}.Ready`, 'True'])),
          tasks: '2 of 2 running',
        },
        observedNodes: { 'default-master': 1, 'default-worker': 3 },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'sees at once that an engine was killed, and a step that is run again brings it back',
    async () => {
      kill(findEngine(names, recordOf('default-worker-1').slot)!);
      expect(
        await eventually('the kill is seen', async () => {
          const seen = await health();
          return seen.status === 'UNHEALTHY' ? seen.reason : undefined;
        }),
      ).toMatchObject({ api: 'ok', 'default-master-0.Ready': 'True', 'default-worker-1.Ready': 'False' });
      await life.run(life.resizing(3));
      expect((await health()).status).toBe('HEALTHY');
      await user.running('web', 2);
    },
    TIMEOUT_MS,
  );

  it(
    'starts a killed engine again when it is only looked at',
    async () => {
      kill(findEngine(names, recordOf('default-worker-2').slot)!);
      await eventually('the kill is seen', async () => ((await health()).status === 'UNHEALTHY' ? true : undefined));
      await eventually('the bay is healthy again', async () => ((await health()).status === 'HEALTHY' ? true : undefined));
    },
    TIMEOUT_MS,
  );

  it(
    'comes back with its swarm after its host lost everything a reboot takes',
    async () => {
      const { endEngines } = await import('./host/engine-process.ts');
      const { removeBridge, removeLinks } = await import('./host/network.ts');
      const slots = readRecord(names.bayDir)!.nodes.map((node) => node.slot);
      await endEngines(names, slots);
      await removeLinks(names, slots);
      await removeBridge(names);
      await eventually('the loss is seen', async () => ((await health()).status === 'UNHEALTHY' ? true : undefined));
      await eventually('the bay is healthy again', async () => ((await health()).status === 'HEALTHY' ? true : undefined));
      await user.running('web', 2);
    },
    TIMEOUT_MS,
  );

  it(
    'shrinks to one worker, to which the work of the others moves',
    async () => {
      await life.run(life.resizing(1, ['default-worker-0']));
      expect((await user.running('web', 2)).every((id) => id === life.nodesOf('default-worker')[0]!.externalId)).toBe(true);
      expect((await local.nodes(life.bay)).length).toBe(2);
      expect((await inventoryOf(bayId(), local.dataDir)).filter((item) => item.type === 'engine')).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves no process, namespace, interface, rule, mount, cgroup or directory when it is deleted with work running and paused',
    async () => {
      const worker = apis.of(recordOf(life.nodesOf('default-worker')[0]!.name));
      const containers = await worker.get<readonly { Id: string }[]>('/containers/json', new AbortController().signal);
      await worker.post(`/containers/${containers[0]!.Id}/pause`, undefined, new AbortController().signal);
      expect(tracesOf(bayId()).length).toBeGreaterThan(0);
      await life.run(life.deletion());
      expect(await eventually('the dead are fetched', async () => (tracesOf(bayId()).length === 0 ? [] : undefined))).toEqual([]);
      expect(await inventoryOf(bayId(), local.dataDir)).toEqual([]);
      expect(readdirSync(join(local.dataDir, 'bays'))).toEqual([]);
      expect(life.ledger.entries()).toEqual([]);
    },
    TIMEOUT_MS,
  );
}

async function threeMasters(): Promise<void> {
  const local = await openLocalDriver();
  const life = new BayLife(local.driver, swarmLocalV1, { masters: 3, workers: 0 });
  try {
    await life.run(life.creation());
    expect([...(await local.nodes(life.bay))].sort()).toEqual(['default-master-0', 'default-master-1', 'default-master-2']);
    // The look that finds the leader dead starts it again; whichever master leads meanwhile, the swarm is the same.
    kill(findEngine(new BayNames(life.bay.spec.bayId, local.dataDir), 0)!);
    const look = () => life.driver.health(life.bay, life.context(life.creation()));
    expect(await look()).toMatchObject({ status: 'UNHEALTHY', reason: { 'default-master-0.Ready': 'False' } });
    await eventually('the bay is healthy again', async () => ((await look()).status === 'HEALTHY' ? true : undefined));
    expect(await local.nodes(life.bay)).toHaveLength(3);
  } finally {
    await life.run(life.deletion());
    await local.close();
  }
}

async function refusals(): Promise<void> {
  const local = await openLocalDriver();
  const asked = [{ masters: 2 }, { workers: 20 }, { spec: { tlsDisabled: true } }, { spec: { dockerStorageDriver: 'devicemapper' } }];
  for (const options of asked) {
    const life = new BayLife(local.driver, swarmLocalV1, options);
    await expect(life.run(life.creation())).rejects.toMatchObject({ name: 'StepFailed', retryable: false });
    expect(await inventoryOf(life.bay.spec.bayId, local.dataDir)).toEqual([]);
    expect(life.ledger.entries()).toEqual([]);
  }
  await local.close();
}
