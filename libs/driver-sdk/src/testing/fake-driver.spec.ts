import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BayLife } from './bay-life.ts';
import type { OpenedDriver } from './contract/driver-harness.ts';
import { driverContract } from './driver.contract.ts';
import { FakeCloud, journalOf } from './fake-cloud.ts';
import type { FakeEffect } from './fake-cloud.ts';
import { fakeDriverManifest } from './fake-driver.ts';

function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'fake-driver-'));
}

const log = { info: () => {}, warn: () => {} };

async function open(): Promise<OpenedDriver> {
  const dataDir = newDataDir();
  const reopen = () => fakeDriverManifest.create({ dataDir, log });
  const cloud = new FakeCloud(dataDir);
  return {
    driver: reopen(),
    reopen,
    inventory: async (bayId) => cloud.alive(bayId),
    identities: async (bayId) =>
      readFileSync(journalOf(dataDir), 'utf8')
        .split('\n')
        .filter((line) => line.includes(bayId) && !line.includes('"fenced"')),
    nodes: async (bay) =>
      cloud
        .alive(bay.spec.bayId)
        .filter((resource) => resource.type === 'node')
        .map((resource) => resource.resourceId.slice('node/'.length)),
    admits: async (bay, client) => {
      const trusted = cloud.alive(bay.spec.bayId).filter(({ type }) => type === 'trust');
      const issuer = casIn(client.caPem).find((ca) => new X509Certificate(client.certificatePem).verify(ca.publicKey));
      return trusted.length === 0 || trusted.some(({ resourceId }) => resourceId === `trust/${issuer?.fingerprint256}`);
    },
    close: async () => {
      cloud.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function casIn(bundlePem: string): readonly X509Certificate[] {
  return bundlePem.split(/(?<=-----END CERTIFICATE-----)/).filter((pem) => pem.includes('BEGIN')).map((pem) => new X509Certificate(pem));
}

driverContract('the fake driver', { manifest: fakeDriverManifest, open, timeoutMs: 60_000 });

describe('the fake driver', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  function bayWith(labels: Record<string, string>): BayLife {
    return new BayLife(fakeDriverManifest.create({ dataDir, log }), fakeDriverManifest, { workers: 2, spec: { labels } });
  }

  function effects(): readonly FakeEffect[] {
    return readFileSync(journalOf(dataDir), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FakeEffect);
  }

  it('writes each effect once into its journal, also when a step fails after its effects', async () => {
    const life = bayWith({ fake_fail_step: 'make-nodes', fake_fail_times: '1', fake_fail_when: 'after' });
    const operation = life.creation();
    await life.runStep(operation, { name: 'make-network' });
    await expect(life.runStep(operation, { name: 'make-nodes' }, { attempt: 1 })).rejects.toMatchObject({
      retryable: true,
      blockedBy: ['fake/make-nodes'],
    });
    await life.runStep(operation, { name: 'make-nodes' }, { attempt: 2 });
    expect(
      effects()
        .filter((effect) => effect.effect === 'created')
        .map((effect) => effect.resourceId),
    ).toEqual(['network', 'node/default-master-0', 'node/default-worker-0', 'node/default-worker-1']);
  });

  it('fails as often as it is told, finally when it is told so', async () => {
    const life = bayWith({ fake_fail_step: 'make-network', fake_fail_final: 'true' });
    await expect(life.runStep(life.creation(), { name: 'make-network' }, { attempt: 7 })).rejects.toMatchObject({
      name: 'StepFailed',
      retryable: false,
    });
  });

  it('hangs until its signal is aborted', async () => {
    const life = bayWith({ fake_hang: 'make-network' });
    const abort = new AbortController();
    const running = life.runStep(life.creation(), { name: 'make-network' }, { signal: abort.signal });
    abort.abort(new Error('no longer wanted'));
    await expect(running).rejects.toThrow('no longer wanted');
  });

  it('answers the health a label asks for', async () => {
    const life = bayWith({ fake_health: 'UNHEALTHY' });
    await life.run(life.creation());
    expect(await life.driver.health(life.bay, life.context(life.creation()))).toMatchObject({ status: 'UNHEALTHY' });
  });
});
