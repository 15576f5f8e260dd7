import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { LedgerEntry } from '@jeroboam/driver-sdk';
import { EngineApi } from '../swarm/engine-api.ts';
import { parseCidr } from './address-range.ts';
import type { Cidr } from './address-range.ts';
import type { BayRecord, NodeRecord } from './bay-record.ts';
import type { BayNames } from './names.ts';
import { readRecord } from './record-store.ts';

/** Files of one node's identity, in a directory only the driver's user can enter. */
export function identityFiles(nodeDir: string) {
  return { key: join(nodeDir, 'tls', 'key.pem'), certificate: join(nodeDir, 'tls', 'cert.pem'), ca: join(nodeDir, 'tls', 'ca.pem') };
}

/** @throws {StepFailed} not retryable: the bay was never begun here. */
export function requireRecord(names: BayNames): BayRecord {
  const record = readRecord(names.bayDir);
  if (!record)
    throw new StepFailed(`this host knows nothing of bay ${names.bayId}: swarm_local bays live on the host that made them`, {
      retryable: false,
    });
  return record;
}

export function blockOf(record: BayRecord): Cidr {
  return parseCidr(record.block)!;
}

/** Nodes that are to be there. */
export function staying(record: BayRecord): readonly NodeRecord[] {
  return record.nodes.filter((node) => node.phase !== 'leaving');
}

export function leaving(record: BayRecord): readonly NodeRecord[] {
  return record.nodes.filter((node) => node.phase === 'leaving');
}

/** What exists outside because of the bay as a whole. */
export function bayResources(names: BayNames): readonly LedgerEntry[] {
  return [
    { resourceId: 'directory', type: 'directory', name: names.bayDir },
    { resourceId: 'runtime-directory', type: 'directory', name: names.runtimeDir },
    { resourceId: 'cgroup', type: 'cgroup', name: names.cgroup },
    { resourceId: 'bridge', type: 'bridge', name: names.bridge },
    { resourceId: 'firewall-rule', type: 'firewall-rule', name: `FORWARD ${names.alias}` },
  ];
}

/** What is made for a node before its engine. */
export function nodeResources(names: BayNames, { name, slot }: NodeRecord): readonly LedgerEntry[] {
  return [
    { resourceId: `namespace/${name}`, type: 'namespace', name: names.namespace(slot) },
    { resourceId: `link/${name}`, type: 'link', name: names.link(slot) },
  ];
}

/** The engine is found by its exec root, whatever its process id. */
export function engineResource(names: BayNames, { name, slot }: NodeRecord): LedgerEntry {
  return { resourceId: `engine/${name}`, type: 'engine', name: names.execRoot(slot) };
}

/** Connections to the engines of one bay, opened when first needed. To be closed. */
export class EngineApis implements Disposable {
  readonly #apis = new Map<string, EngineApi>();

  constructor(private readonly names: BayNames) {}

  /** @throws {StepFailed} retryable: the node has no identity yet. */
  of({ name, slot, address }: NodeRecord): EngineApi {
    const known = this.#apis.get(name);
    if (known) return known;
    const files = identityFiles(this.names.nodeDir(slot));
    if (!existsSync(files.certificate)) throw new StepFailed(`${name} has no certificate yet`, { retryable: true });
    const read = (file: string) => readFileSync(file, 'utf8');
    const api = new EngineApi({ address, caPem: read(files.ca), certificatePem: read(files.certificate), keyPem: read(files.key) });
    this.#apis.set(name, api);
    return api;
  }

  /** To be called when the node's files or its engine are others now. */
  forget({ name }: NodeRecord): void {
    this.#apis.get(name)?.close();
    this.#apis.delete(name);
  }

  [Symbol.dispose](): void {
    for (const api of this.#apis.values()) api.close();
  }
}
