import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { BayNames } from './bay/names.ts';
import { cgroupDirs, processesIn } from './host/cgroups.ts';
import { mountsWithin } from './host/mounts.ts';
import { interfacesOf, isCrossingAllowed, namespacesOf } from './host/network.ts';
import { readProcesses } from './host/processes.ts';
import { isEngine, isEngineHelper } from './host/processes.ts';

/** Something on this host that belongs to a bay. */
export interface InventoryItem {
  readonly type: 'directory' | 'cgroup' | 'bridge' | 'firewall-rule' | 'namespace' | 'link' | 'engine' | 'mount' | 'process';
  readonly name: string;
  /** Name of the item it came with and goes with; absent for those the ledger lists by themselves. */
  readonly partOf?: string;
}

/**
 * Everything on this host that belongs to a bay, found by its names and not by the driver's records. An engine is there
 * as long as any of its processes is.
 */
export async function inventoryOf(bayId: string, dataDir: string): Promise<readonly InventoryItem[]> {
  const names = new BayNames(bayId, dataDir);
  const interfaces = interfacesOf(names);
  return [
    ...[names.bayDir, names.runtimeDir].filter((dir) => existsSync(dir)).map((name): InventoryItem => ({ type: 'directory', name })),
    ...(cgroupDirs(names.cgroup).length > 0 ? [{ type: 'cgroup', name: names.cgroup } as const] : []),
    ...interfaces.map((name): InventoryItem => ({ type: name === names.bridge ? 'bridge' : 'link', name })),
    ...((await isCrossingAllowed(names)) ? [{ type: 'firewall-rule', name: `FORWARD ${names.alias}` } as const] : []),
    ...namespacesOf(names).map((name): InventoryItem => ({ type: 'namespace', name })),
    ...execRootsInUse(names).map((name): InventoryItem => ({ type: 'engine', name })),
    ...processesIn(names.cgroup).map((pid): InventoryItem => ({ type: 'process', name: String(pid), partOf: names.cgroup })),
    ...[names.bayDir, names.runtimeDir].flatMap((dir) =>
      mountsWithin([dir]).map((name): InventoryItem => ({ type: 'mount', name, partOf: dir })),
    ),
  ];
}

/** Slots of all nodes of which anything is left. */
export function slotsOf(names: BayNames): readonly number[] {
  const listed = [names.bayDir, names.runtimeDir, ...cgroupDirs(names.cgroup)]
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => readdirSync(dir));
  const nodes = [
    ...listed,
    ...execRootsInUse(names).map((root) => basename(root)),
    ...namespacesOf(names).map((name) => name.slice(names.alias.length + 1)),
  ];
  const links = interfacesOf(names)
    .filter((name) => name !== names.bridge)
    .map((name) => `n${name.slice(names.link(0).length - 1)}`);
  return [...new Set([...nodes, ...links].flatMap((name) => /^n(\d+)(?:\.pid)?$/.exec(name)?.[1] ?? []).map(Number))].sort(
    (one, other) => one - other,
  );
}

function execRootsInUse(names: BayNames): readonly string[] {
  const found = readProcesses().flatMap((candidate) => {
    const root = candidate.args.map((arg) => rootIn(names.runtimeDir, arg)).find((path) => path !== undefined);
    return root !== undefined && (isEngine(candidate, root) || isEngineHelper(candidate, root)) ? [root] : [];
  });
  return [...new Set(found)];
}

function rootIn(runtimeDir: string, arg: string): string | undefined {
  if (!arg.startsWith(`${runtimeDir}/n`)) return undefined;
  return `${runtimeDir}/${arg.slice(runtimeDir.length + 1).split('/')[0]}`;
}
