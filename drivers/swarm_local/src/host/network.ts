import { existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { bridgeAddress, parseCidr, parseRoutes } from '../bay/address-range.ts';
import type { Cidr } from '../bay/address-range.ts';
import type { BayNames } from '../bay/names.ts';
import { command, succeeds } from './command.ts';

const INTERFACES = '/sys/class/net';
export const NAMESPACES = '/run/netns';
/** `NSFS_MAGIC` of linux/magic.h: what a namespace's name is, once something is mounted on it. */
const NSFS = 0x6e736673;

export interface NodeLink {
  readonly slot: number;
  readonly address: string;
}

/** Blocks of addresses this host already uses or routes somewhere. */
export function usedBlocks(exceptInterface?: string): readonly Cidr[] {
  const own = Object.entries(networkInterfaces())
    .filter(([name]) => name !== exceptInterface)
    .flatMap(([, addresses]) => addresses ?? []);
  const interfaces = own.flatMap(({ cidr }) => parseCidr(cidr ?? '') ?? []);
  const routes = readFileSync('/proc/net/route', 'utf8').split('\n');
  return [...interfaces, ...parseRoutes(routes.filter((line) => !exceptInterface || !line.startsWith(`${exceptInterface}\t`)).join('\n'))];
}

/** Makes the bay's bridge, or mends it. The host's own address on it is how the host reaches the nodes. */
export async function makeBridge({ bridge, alias }: BayNames, block: Cidr): Promise<void> {
  await batch([
    ...(exists(bridge) ? [] : [`link add ${bridge} type bridge`]),
    `link set ${bridge} alias ${alias}`,
    `address replace ${bridgeAddress(block)}/${block.bits} dev ${bridge}`,
    `link set ${bridge} up`,
  ]);
}

/** Makes each node's network namespace and its cable into the bridge, or mends them. */
export async function makeLinks(names: BayNames, block: Cidr, nodes: readonly NodeLink[]): Promise<void> {
  for (const { slot } of nodes) if (isHusk(names.namespace(slot))) await command('ip', ['netns', 'delete', names.namespace(slot)]);
  await batch(
    nodes.flatMap(({ slot }) => {
      const [link, namespace] = [names.link(slot), names.namespace(slot)];
      return [
        ...(existsSync(join(NAMESPACES, namespace)) ? [] : [`netns add ${namespace}`]),
        ...(exists(link) ? [] : [`link add ${link} type veth peer name eth0 netns ${namespace}`]),
        `link set ${link} alias ${names.alias} master ${names.bridge} up`,
      ];
    }),
  );
  await Promise.all(
    nodes.map(({ slot, address }) =>
      batch(['link set lo up', `address replace ${address}/${block.bits} dev eth0`, 'link set eth0 up'], names.namespace(slot)),
    ),
  );
}

/**
 * Removes the nodes' cables and namespaces, as far as they are there. Cables go by themselves a while after their
 * namespace, too late for a namespace of the same name.
 */
export async function removeLinks(names: BayNames, slots: readonly number[]): Promise<void> {
  await batch([
    ...slots
      .map((slot) => names.link(slot))
      .filter(exists)
      .map((link) => `link delete ${link}`),
    ...slots
      .map((slot) => names.namespace(slot))
      .filter((namespace) => existsSync(join(NAMESPACES, namespace)))
      .map((namespace) => `netns delete ${namespace}`),
  ]);
}

export async function removeBridge({ bridge }: BayNames): Promise<void> {
  if (exists(bridge)) await batch([`link delete ${bridge}`]);
}

/** Interfaces whose alias or name says that they are this bay's. */
export function interfacesOf({ alias, shortId }: BayNames): readonly string[] {
  return readdirSync(INTERFACES).filter(
    (name) => (name.startsWith(`jb${shortId}`) || name.startsWith(`jv${shortId}`)) && ['', alias].includes(aliasOf(name)),
  );
}

/** Names of the bay's network namespaces. */
export function namespacesOf({ alias }: BayNames): readonly string[] {
  return existsSync(NAMESPACES) ? readdirSync(NAMESPACES).filter((name) => name.startsWith(`${alias}-n`)) : [];
}

/**
 * Lets frames pass between the bay's nodes whatever the host's firewall says: with `br_netfilter` loaded it also judges
 * what only crosses a bridge, and Docker on the host makes it drop that.
 */
export async function allowCrossing(names: BayNames): Promise<void> {
  if (!(await isCrossingAllowed(names))) await command('iptables', ['--wait', '-I', 'FORWARD', ...rule(names)]);
}

export async function forbidCrossing(names: BayNames): Promise<void> {
  while (await isCrossingAllowed(names)) await command('iptables', ['--wait', '-D', 'FORWARD', ...rule(names)]);
}

export function isCrossingAllowed(names: BayNames): Promise<boolean> {
  return succeeds('iptables', ['--wait', '-C', 'FORWARD', ...rule(names)]);
}

function rule({ bridge, alias }: BayNames): readonly string[] {
  return ['-i', bridge, '-o', bridge, '-m', 'comment', '--comment', alias, '-j', 'ACCEPT'];
}

async function batch(lines: readonly string[], namespace?: string): Promise<void> {
  if (lines.length > 0) await command('ip', [...(namespace ? ['-netns', namespace] : []), '-batch', '-'], `${lines.join('\n')}\n`);
}

function exists(interfaceName: string): boolean {
  return existsSync(join(INTERFACES, interfaceName));
}

function aliasOf(interfaceName: string): string {
  const file = join(INTERFACES, interfaceName, 'ifalias');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/** A name to which no namespace was ever attached: whoever added it was cut off in between. */
function isHusk(namespace: string): boolean {
  const path = join(NAMESPACES, namespace);
  return existsSync(path) && statfsSync(path).type !== NSFS;
}
