import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteReadModel } from '../sqlite/sqlite-read-model.ts';
import type { TallyDocument } from '../testing/sample-projection.ts';

const EVENTS = 6_000;
const testing = join(import.meta.dirname, '..', 'testing');
const positionOf = (place: number): string => String(place).padStart(16, '0');

function startProjector(path: string): { process: ChildProcess; ended: Promise<unknown[]> } {
  const sources = ['--conditions=@jeroboam/source', '--import', join(testing, 'typescript-hook.mjs')];
  const args = [...sources, join(testing, 'projector-child.ts'), path, String(EVENTS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return { process: child, ended: once(child, 'exit') };
}

describe('projectors in processes of their own', () => {
  it('leave neither gap nor double count, wherever they are killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-projector-'));
    const path = join(folder, 'read-model.db');
    const readModel = await openSqliteReadModel({ path });
    const survivors = [startProjector(path)];
    try {
      // Two compete; one is killed in the middle of its work; the next takes its place.
      for (const place of [500, 2_000, 3_500]) {
        const victim = survivors.shift()!;
        survivors.push(startProjector(path));
        expect(await readModel.reached('tally', positionOf(place), 25_000)).toBe(true);
        victim.process.kill('SIGKILL');
        await victim.ended;
      }
      survivors.push(startProjector(path));
      for (const { ended } of survivors) expect(await ended).toEqual([0, null]);
      const tallies = await readModel.find<TallyDocument>('tallies', { sortBy: 'created' });
      const revisions = Array.from({ length: EVENTS / 10 }, (_, revision) => revision);
      expect(tallies).toEqual(Array.from({ length: 10 }, (_, index) => ({ id: `bay-${index}`, events: EVENTS / 10, revisions })));
      expect(await readModel.find('totals')).toEqual([{ id: 'all', events: EVENTS }]);
    } finally {
      for (const survivor of survivors) survivor.process.kill('SIGKILL');
      await readModel.close();
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});
