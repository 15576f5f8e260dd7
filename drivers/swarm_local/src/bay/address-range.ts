/** A block of IPv4 addresses: the first, as a number, and how many bits all have in common. */
export interface Cidr {
  readonly first: number;
  readonly bits: number;
}

export const DEFAULT_RANGE = '10.88.0.0/14';
/** Each bay gets one block of this size: 251 nodes ever alive at once, and the bridge. */
const BAY_BITS = 24;

/** @returns undefined for anything but `a.b.c.d/n`; host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255 || bits > 32) return undefined;
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return { first: address - (address % sizeOf(bits)), bits };
}

/** @returns undefined unless whole bays fit into it. */
export function parseRange(text: string): Cidr | undefined {
  const range = parseCidr(text);
  return range && range.bits >= 8 && range.bits <= BAY_BITS ? range : undefined;
}

export function formatCidr({ first, bits }: Cidr): string {
  return `${formatAddress(first)}/${bits}`;
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + sizeOf(other.bits) && other.first < one.first + sizeOf(one.bits);
}

/**
 * The block for a bay: the first free one at or after a place that depends on `seed`, so that bays that begin together
 * seldom want the same.
 * @returns undefined when all are taken.
 */
export function chooseBlock(range: Cidr, taken: readonly Cidr[], seed: number): Cidr | undefined {
  const count = sizeOf(range.bits) / sizeOf(BAY_BITS);
  for (let tried = 0; tried < count; tried += 1) {
    const block = { first: range.first + ((seed + tried) % count) * sizeOf(BAY_BITS), bits: BAY_BITS };
    if (!taken.some((other) => overlaps(block, other))) return block;
  }
  return undefined;
}

/** The bridge's own address, by which the host reaches the nodes. */
export function bridgeAddress(block: Cidr): string {
  return formatAddress(block.first + 1);
}

/** Address of the node in a slot from 0 to 250. */
export function nodeAddress(block: Cidr, slot: number): string {
  return formatAddress(block.first + 2 + slot);
}

/** The IPv4 blocks of a routing table in the format of `/proc/net/route`; the default route is left out. */
export function parseRoutes(table: string): readonly Cidr[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split('\t');
      if (!destination || !mask) return [];
      const bits = reversed(mask).toString(2).replaceAll('0', '').length;
      return bits === 0 ? [] : [{ first: reversed(destination), bits }];
    });
}

/** The kernel prints addresses as the CPU holds them: least significant byte first on the machines Debian runs on. */
function reversed(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE(0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function sizeOf(bits: number): number {
  return 2 ** (32 - bits);
}
