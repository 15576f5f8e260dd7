import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgeDrivers, loadDrivers } from '@jeroboam/driver-sdk';
import type { FrozenDriver } from '@jeroboam/driver-sdk';

const rooms = join(import.meta.dirname, '..', '..', 'drivers');
const shipped = readdirSync(rooms).filter((name) => existsSync(join(rooms, name, 'frozen.json')));

describe('the drivers in drivers/', () => {
  it('are compared with what was shipped of at least one of them', () => {
    expect(shipped).toContain('swarm_local');
  });

  it.each(shipped)('raises the version of %s by as much as it has changed (see infra/docs/contracts/driver.md, "Versions")', async (name) => {
    const folder = join(rooms, name);
    const frozen = JSON.parse(readFileSync(join(folder, 'frozen.json'), 'utf8')) as readonly FrozenDriver[];
    const judgements = await judgeDrivers(frozen, await loadDrivers([join(folder, 'src', 'index.ts')], folder));
    expect(judgements.length).toBeGreaterThan(0);
    expect(judgements.filter(({ problem }) => problem !== null)).toEqual([]);
  });
});
