import fc from 'fast-check';
import { bridgeAddress, chooseBlock, formatCidr, nodeAddress, overlaps, parseCidr, parseRange, parseRoutes } from './address-range.ts';
import type { Cidr } from './address-range.ts';

const cidr = (text: string): Cidr => parseCidr(text)!;

describe('the addresses of bays', () => {
  it('reads and writes blocks, clearing host bits', () => {
    expect(formatCidr(cidr('10.91.255.7/24'))).toBe('10.91.255.0/24');
    expect(formatCidr(cidr('255.255.255.255/32'))).toBe('255.255.255.255/32');
  });

  it.each(['10.0.0.0', '10.0.0.256/24', '10.0.0.0/33', 'fd00::/8', ''])('does not take %j for a block', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('takes a range only if whole bays fit into it', () => {
    expect(['10.0.0.0/7', '10.0.0.0/25'].map(parseRange)).toEqual([undefined, undefined]);
    expect(parseRange('10.88.0.0/14')).toEqual({ first: 173_539_328, bits: 14 });
  });

  it('gives the bridge the first address and each slot one of its own', () => {
    const block = cidr('10.88.3.0/24');
    expect([bridgeAddress(block), nodeAddress(block, 0), nodeAddress(block, 250)]).toEqual(['10.88.3.1', '10.88.3.2', '10.88.3.252']);
  });

  it('never chooses what is taken, and finds what is left', () => {
    const range = cidr('10.88.0.0/22');
    const blocks = fc.array(fc.nat(3), { maxLength: 6 });
    fc.assert(
      fc.property(blocks, fc.nat(), (taken, seed) => {
        const used = taken.map((index) => ({ first: range.first + index * 256, bits: 24 }));
        const chosen = chooseBlock(range, used, seed);
        return chosen ? overlaps(chosen, range) && !used.some((block) => overlaps(block, chosen)) : new Set(taken).size === 4;
      }),
    );
  });

  it('chooses the same again for the same bay', () => {
    expect(chooseBlock(cidr('10.88.0.0/14'), [], 7)).toEqual(chooseBlock(cidr('10.88.0.0/14'), [cidr('192.168.0.0/16')], 7));
  });

  it('reads the routes of the kernel, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000',
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF',
      '',
    ];
    expect(parseRoutes(table.join('\n')).map(formatCidr)).toEqual(['192.0.2.0/24']);
  });
});
