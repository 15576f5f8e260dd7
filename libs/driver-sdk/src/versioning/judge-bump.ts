import { compareSemver, semverNumbers } from '../registry/semver.ts';
import { atLeast, differences, largest } from './classify-change.ts';
import type { ChangeClass, Finding } from './classify-change.ts';
import type { DriverManifest } from '../driver.contract.ts';
import { freezeDriver } from './frozen-driver.ts';
import type { FrozenDriver } from './frozen-driver.ts';

/** What changed, what the versions say of it, and what is wrong with that. */
export interface Judgement {
  readonly driver: string;
  readonly from: string;
  readonly to: string;
  readonly change: ChangeClass;
  readonly declared: ChangeClass;
  readonly findings: readonly Finding[];
  /** Null: the versions say enough. */
  readonly problem: string | null;
}

/** Compares a driver with the one before, by the rules of `infra/docs/contracts/driver.md`, "Versions". */
export function judgeBump(old: FrozenDriver, next: FrozenDriver): Judgement {
  const findings = differences(old, next);
  const change = largest(findings.map((finding) => finding.change));
  const declared = declaredBump(old, next);
  const judged = { driver: next.name, from: shown(old), to: shown(next), change, declared, findings };
  return { ...judged, problem: problemOf(old, next, judged) };
}

/**
 * Compares drivers with those that were shipped: a version that was shipped with itself, a new one with the last before
 * it. What was never shipped under its name is compared with nothing.
 */
export async function judgeDrivers(shipped: readonly FrozenDriver[], manifests: readonly DriverManifest[]): Promise<readonly Judgement[]> {
  const judged = await Promise.all(manifests.map(async (manifest) => {
    const before = shipped
      .filter(({ name, version }) => name === manifest.name && compareSemver(version, manifest.version) <= 0)
      .sort((one, other) => compareSemver(other.version, one.version))[0];
    return before ? [judgeBump(before, await freezeDriver(manifest, before.corpus))] : [];
  }));
  return judged.flat();
}

function shown({ version, template }: FrozenDriver): string {
  return `${version} (template ${template.version})`;
}

/** A template's version says of PATCH and MINOR; MAJOR is the driver's to say. Without a template the driver's says all. */
function declaredBump(old: FrozenDriver, next: FrozenDriver): ChangeClass {
  const driver = bump(old.version, next.version);
  if (driver === 'major' || old.template.digest === null || next.template.digest === null) return driver;
  const template = bump(old.template.version, next.template.version);
  return largest([driver, template === 'major' ? 'minor' : template]);
}

function bump(old: string, next: string): ChangeClass {
  const [before, after] = [semverNumbers(old), semverNumbers(next)];
  const place = before.findIndex((number, index) => number !== after[index]);
  return (['major', 'minor', 'patch'] as const)[place] ?? (old === next ? 'none' : 'patch');
}

function problemOf(old: FrozenDriver, next: FrozenDriver, { change, declared }: Pick<Judgement, 'change' | 'declared'>): string | null {
  if (compareSemver(next.version, old.version) < 0) return `version ${next.version} is older than ${old.version}`;
  if (compareSemver(next.template.version, old.template.version) < 0 && declared !== 'major') {
    return `template version ${next.template.version} is older than ${old.template.version}`;
  }
  if (atLeast(declared, change)) return null;
  if (change === 'major') return 'this is a MAJOR change: the driver needs a new major version';
  const whose = next.template.digest === null ? 'the driver' : 'the template';
  return `this is a ${change.toUpperCase()} change, and the versions declare ${declared === 'none' ? 'none' : declared.toUpperCase()}: raise the version of ${whose}`;
}
