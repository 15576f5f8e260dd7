import fc from 'fast-check';
import { compareSemver, isSemver } from './semver.ts';

describe('semantic versions', () => {
  it('orders the versions of the example in semver.org section 11', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.9.0',
      '1.10.0',
      '2.0.0',
    ];
    expect([...ordered].reverse().sort(compareSemver)).toEqual(ordered);
  });

  it('ignores build metadata', () => {
    expect(compareSemver('1.0.0+one', '1.0.0+two')).toBe(0);
  });

  it('knows what is no version', () => {
    expect(['1.0', '01.0.0', 'v1.0.0', '', '1.0.0-', '1.0.0 '].filter(isSemver)).toEqual([]);
  });

  it('is antisymmetric', () => {
    const version = fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom('', '-a', '-1', '-a.2', '-a.10'))
      .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);
    fc.assert(
      fc.property(
        version,
        version,
        (one, other) => Math.sign(compareSemver(one, other)) === -Math.sign(compareSemver(other, one)) || one === other,
      ),
    );
  });
});
