import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BayView } from '@jeroboam/domain';
import type { ClientIdentity, DriverLog } from '@jeroboam/driver-sdk';
import type { OpenedDriver } from '@jeroboam/driver-sdk/testing';
import { EngineApis, identityFiles } from '../bay/bay-site.ts';
import { BayNames } from '../bay/names.ts';
import { readRecord } from '../bay/record-store.ts';
import { findEngine } from '../host/engine-process.ts';
import { NAMESPACES } from '../host/network.ts';
import { netNamespace } from '../host/processes.ts';
import { inventoryOf, swarmLocalV1 } from '../index.ts';
import { slotsOf } from '../inventory.ts';
import { mastersOf } from '../steps/swarm-steps.ts';
import { EngineApi } from '../swarm/engine-api.ts';
import { listNodes } from '../swarm/swarm.ts';
import { eventually } from './swarm-user.ts';

export interface LocalDriver extends OpenedDriver {
  readonly dataDir: string;
}

/** The driver over a data directory of its own, with the looks at the host that tests need. */
export async function openLocalDriver(log: DriverLog = { info: () => {}, warn: () => {} }): Promise<LocalDriver> {
  const dataDir = mkdtempSync(join(tmpdir(), 'swarm-local-'));
  const reopen = () => swarmLocalV1.create({ dataDir, log });
  return {
    dataDir,
    driver: reopen(),
    reopen,
    inventory: async (bayId) => (await inventoryOf(bayId, dataDir)).filter((item) => item.partOf === undefined),
    identities: async (bayId) => identitiesOf(new BayNames(bayId, dataDir)),
    nodes: (bay) => nodesSeenBySwarm(bay, dataDir),
    admits: (bay, client) => mastersAdmit(new BayNames(bay.spec.bayId, dataDir), client),
    close: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Engines by process id, namespaces by inode, keys by their time of writing: all differ once made anew. */
function identitiesOf(names: BayNames): unknown {
  return slotsOf(names).map((slot) => ({
    engine: findEngine(names, slot),
    namespace: netNamespace(join(NAMESPACES, names.namespace(slot))),
    key: statSync(identityFiles(names.nodeDir(slot)).key).mtimeMs,
    certificate: statSync(identityFiles(names.nodeDir(slot)).certificate).mtimeMs,
  }));
}

/** Names of the ready nodes, as a manager lists them. */
async function nodesSeenBySwarm({ spec: { bayId } }: BayView, dataDir: string): Promise<readonly string[]> {
  const names = new BayNames(bayId, dataDir);
  const [master] = mastersOf(readRecord(names.bayDir)!);
  using apis = new EngineApis(names);
  const listed = await listNodes(apis.of(master!), AbortSignal.timeout(5_000));
  return listed.filter((node) => node.Status.State === 'ready').map((node) => node.Description.Hostname);
}

/** Asks every master as a user does. */
async function mastersAdmit(names: BayNames, client: ClientIdentity): Promise<boolean> {
  const answers = await Promise.all(mastersOf(readRecord(names.bayDir)!).map(({ address }) => admits(address, client)));
  return answers.every(Boolean);
}

/** An engine that is on its way up is asked again; what it or the client says against a certificate is an answer. */
async function admits(address: string, client: ClientIdentity): Promise<boolean> {
  return eventually(`${address} answers`, async () => {
    const api = new EngineApi({ address, ...client });
    try {
      await api.get('/_ping', AbortSignal.timeout(10_000));
      return true;
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code);
      return /^ERR_SSL_|^ERR_TLS_|VERIFY|CERT|ISSUER/.test(code) ? false : undefined;
    } finally {
      api.close();
    }
  });
}
