const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

export function isSemver(version: string): boolean {
  return SEMVER.test(version);
}

/** Precedence of semver.org 2.0.0 section 11: negative when `one` is the older. Both must be versions. */
export function compareSemver(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - right.numbers[index]!;
    if (difference !== 0) return difference;
  }
  return comparePrerelease(left.prerelease, right.prerelease);
}

/** Major, minor and patch of a version. */
export function semverNumbers(version: string): readonly number[] {
  return partsOf(version).numbers;
}

function partsOf(version: string): { numbers: number[]; prerelease: string[] } {
  const match = SEMVER.exec(version);
  if (!match) throw new Error(`${version} is not a semantic version`);
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease: match[4]?.split('.') ?? [] };
}

function comparePrerelease(left: readonly string[], right: readonly string[]): number {
  // A release comes after its own prereleases.
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    const difference = compareIdentifier(one, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareIdentifier(one: string, other: string): number {
  const [left, right] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (left && right) return Number(one) - Number(other);
  if (left !== right) return left ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}
