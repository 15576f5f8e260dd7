import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driverContract } from '@jeroboam/driver-sdk/testing';
import { Cloud } from '../src/cloud.js';
import { manifest } from '../src/index.js';

/** What the suite needs to see of the outside, without asking the driver. */
async function open() {
  const dataDir = mkdtempSync(join(tmpdir(), `${manifest.name}-`));
  const reopen = () => manifest.create({ dataDir, log: { info() {}, warn() {} } });
  const cloud = new Cloud(dataDir);
  return {
    driver: reopen(),
    reopen,
    inventory: async (bayId) => cloud.alive(bayId),
    identities: async (bayId) => cloud.alive(bayId).map(({ externalId }) => externalId),
    nodes: async (bay) => cloud.alive(bay.spec.bayId).map(({ node }) => node),
    close: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

driverContract(manifest.name, { manifest, open });
