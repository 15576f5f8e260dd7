import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createHash } from 'node:crypto';
import type { BayView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { DEFAULT_RANGE, chooseBlock, formatCidr, overlaps, parseRange } from '../bay/address-range.ts';
import type { Cidr } from '../bay/address-range.ts';
import { newRecord } from '../bay/bay-record.ts';
import type { BayRecord, NodeRecord } from '../bay/bay-record.ts';
import { bayResources, blockOf, engineResource, identityFiles, nodeResources, staying } from '../bay/bay-site.ts';
import { chooseNodes } from '../bay/choose-nodes.ts';
import { readRecord, readRecords } from '../bay/record-store.ts';
import { capabilities } from '../capabilities.ts';
import { makeCgroup } from '../host/cgroups.ts';
import { withHostLock } from '../host/host-lock.ts';
import { allowCrossing, makeBridge, makeLinks, usedBlocks } from '../host/network.ts';
import { newPrivateKey } from '../swarm/certificate-request.ts';
import { guard, intend, recordMade, save, together } from './work.ts';
import type { Work } from './work.ts';

/** All choosing of addresses on this host goes through one door, whichever process or data directory asks. */
const ADDRESS_LOCK = 'jeroboam-swarm-local-addresses';

/** Chooses names and addresses, then makes what an engine needs around it: keys, bridge, namespaces, cables. */
export async function prepareNodes(work: Work): Promise<StepResult> {
  const {
    names,
    context: { bay, operation },
  } = work;
  if (!work.fence.exists()) await begin(work);
  await intend(work, bayResources(names));
  await withHostLock(ADDRESS_LOCK, work.context.signal, () => haveBridge(work));
  const record = save(work, chooseNodes(readRecord(names.bayDir)!, bay, operation));
  const nodes = staying(record);
  await intend(
    work,
    nodes.flatMap((node) => [...nodeResources(names, node), engineResource(names, node)]),
  );
  guard(work);
  await together([mendHost(work, record), ...nodes.map((node) => haveKey(work, node))]);
  await recordMade(work, [...bayResources(names), ...nodes.flatMap((node) => nodeResources(names, node))]);
  return {};
}

/** Everything around the engines that a reboot takes away. */
export async function mendHost({ names }: Pick<Work, 'names'>, record: BayRecord): Promise<void> {
  mkdirSync(names.runtimeDir, { recursive: true, mode: 0o700 });
  makeCgroup(names.cgroup);
  await makeBridge(names, blockOf(record));
  await together([makeLinks(names, blockOf(record), staying(record)), allowCrossing(names)]);
}

/** Refuses what cannot be made, then makes the bay's directory: from here on there is something to clean up. */
async function begin(work: Work): Promise<void> {
  requirePossible(work.context.bay);
  work.fence.refuseDeleted();
  await intend(work, bayResources(work.names));
  work.context.signal.throwIfAborted();
  work.fence.build();
}

/** @throws {StepFailed} not retryable. The gateway refuses all this by the capabilities; bays outlive gateways. */
function requirePossible({ spec, nodeGroups }: BayView): void {
  const count = (role?: string) =>
    nodeGroups.filter((group) => role === undefined || group.role === role).reduce((sum, group) => sum + group.nodeCount, 0);
  const refuse = (when: boolean, reason: string) => {
    if (when) throw new StepFailed(reason, { retryable: false });
  };
  refuse(spec.tlsDisabled, 'swarm_local makes no bays without TLS: anybody on this host could become root through them');
  refuse(
    !capabilities.masterCounts.includes(count('master')),
    `a bay has ${capabilities.masterCounts.join(' or ')} masters, not ${count('master')}`,
  );
  refuse(count() > capabilities.maxNodes, `a bay has at most ${capabilities.maxNodes} nodes, not ${count()}`);
  const { dockerStorageDriver } = spec;
  refuse(
    dockerStorageDriver !== null && !capabilities.storageDrivers.includes(dockerStorageDriver),
    `the storage driver ${dockerStorageDriver} does not work here`,
  );
}

/** The bay's addresses, chosen once. The bridge is made under the same lock: it is what others see of the choice. */
async function haveBridge(work: Work): Promise<void> {
  const { names, dataDir } = work;
  const known = readRecord(names.bayDir);
  const used = usedBlocks(names.bridge);
  if (known) {
    if (used.some((block) => overlaps(block, blockOf(known))))
      throw new StepFailed(`the addresses ${known.block} of this bay are used by something else on this host now`, {
        retryable: true,
        blockedBy: [known.block],
      });
    guard(work);
    return makeBridge(names, blockOf(known));
  }
  const others = readRecords(dataDir).map(blockOf);
  const block = chooseBlock(addressRange(), [...used, ...others], createHash('sha256').update(names.bayId).digest().readUInt32BE(0));
  if (!block)
    throw new StepFailed('all private addresses for bays are taken; widen JEROBOAM_SWARM_LOCAL_RANGE or delete bays', { retryable: false });
  save(work, newRecord(names.bayId, formatCidr(block)));
  await makeBridge(names, block);
}

/** @throws {Error} `availability` has said so before. */
function addressRange(): Cidr {
  const range = parseRange(process.env['JEROBOAM_SWARM_LOCAL_RANGE'] ?? DEFAULT_RANGE);
  if (!range) throw new Error('JEROBOAM_SWARM_LOCAL_RANGE is not an IPv4 block from /8 to /24');
  return range;
}

/** The node's private key, in a file only the driver's user can read; made once. */
async function haveKey({ names }: Work, { slot }: NodeRecord): Promise<void> {
  const { key } = identityFiles(names.nodeDir(slot));
  if (existsSync(key)) return;
  const pem = await newPrivateKey();
  mkdirSync(dirname(key), { recursive: true, mode: 0o700 });
  writeFileSync(`${key}.${process.pid}`, pem, { mode: 0o600 });
  renameSync(`${key}.${process.pid}`, key);
}
