/** A block of IPv4 addresses, as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export function addressNumber(address: string): number {
  return address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}

export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Every address of the block, the network's own and the broadcast address left out. */
export function hostsOf(cidr: string): Range {
  const [address = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const start = Math.floor(addressNumber(address) / size) * size;
  return size < 4 ? { first: start, last: start + size - 1 } : { first: start + 1, last: start + size - 2 };
}

export function gatewayOf(cidr: string): string {
  return addressText(hostsOf(cidr).first);
}
