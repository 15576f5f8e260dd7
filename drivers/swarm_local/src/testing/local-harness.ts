import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BayView } from '@jeroboam/domain';
import type { DriverLog } from '@jeroboam/driver-sdk';
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
import { listNodes } from '../swarm/swarm.ts';

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
