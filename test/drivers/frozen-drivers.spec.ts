import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgeDrivers, loadDrivers } from '@jeroboam/driver-sdk';
import type { DriverManifest, FrozenDriver } from '@jeroboam/driver-sdk';

const rooms = join(import.meta.dirname, '..', '..', 'drivers');
const names = readdirSync(rooms).filter((name) => existsSync(join(rooms, name, 'src', 'index.ts')));

function frozenOf(name: string): readonly FrozenDriver[] {
  return JSON.parse(readFileSync(join(rooms, name, 'frozen.json'), 'utf8')) as readonly FrozenDriver[];
}

function manifestsOf(name: string): Promise<readonly DriverManifest[]> {
  return loadDrivers([join(rooms, name, 'src', 'index.ts')], join(rooms, name));
}

describe.each(names)('the driver %s', (name) => {
  it('has every version written down as it was shipped (jeroboam driver freeze drivers/*)', async () => {
    const versions = frozenOf(name).map(({ version }) => version);
    expect((await manifestsOf(name)).map(({ version }) => version).filter((version) => !versions.includes(version))).toEqual([]);
  });

  it('raises its version by as much as it has changed (see infra/docs/contracts/driver.md, "Versions")', async () => {
    const judgements = await judgeDrivers(frozenOf(name), await manifestsOf(name));
    expect(judgements.length).toBeGreaterThan(0);
    expect(judgements.filter(({ problem }) => problem !== null)).toEqual([]);
  });

  it('was frozen over bays that it makes, operation by operation', () => {
    for (const { plans, operations } of frozenOf(name)) {
      expect(Object.keys(plans)).toEqual(expect.arrayContaining(['create', 'delete', ...(operations.includes('resize') ? ['resize'] : [])]));
      expect(Object.entries(plans).filter(([, plan]) => plan === null)).toEqual([]);
    }
  });

  it('shows what its bays have in their clouds, where it has templates', () => {
    for (const { template, plans } of frozenOf(name).filter(({ template: { digest } }) => digest !== null)) {
      expect(Object.keys(template.parameters).length).toBeGreaterThan(0);
      expect(Object.keys(plans['create']!.resources).some((resource) => resource.endsWith('.server'))).toBe(true);
    }
  });
});
