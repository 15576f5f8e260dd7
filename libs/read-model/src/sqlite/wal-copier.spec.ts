import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteReadModel } from './sqlite-read-model.ts';

const at = (place: number): string => String(place).padStart(16, '0');

describe('WalCopier', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wal-copier-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('brings the commits of a long way into the database file while it stays open', async () => {
    const path = join(folder, 'read-model.db');
    const readModel = await openSqliteReadModel({ path });
    await readModel.ensure([{ name: 'bays', indexes: [] }]);
    const size = (): number => statSync(path).size;
    const before = size();
    const text = 'x'.repeat(2_000);
    for (let place = 1; place <= 500; place += 1) {
      const document = { id: `b${place}`, text };
      await readModel.commit('bays', place === 1 ? undefined : at(place - 1), at(place), [{ kind: 'upsert', collection: 'bays', document, position: at(place) }]);
    }
    while (size() < before + 500 * text.length) await new Promise((resolve) => { setImmediate(resolve); });
    expect(await readModel.get('bays', 'b500')).toEqual({ id: 'b500', text });
    await readModel.close();
  });
});
