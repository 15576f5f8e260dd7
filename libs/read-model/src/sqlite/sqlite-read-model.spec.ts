import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelContract } from '../testing/read-model.contract.ts';
import { openSqliteReadModel } from './sqlite-read-model.ts';

readModelContract('SqliteReadModel', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'read-model-'));
  return {
    open: () => openSqliteReadModel({ path: join(folder, 'deep', 'read-model.db') }),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('SqliteReadModel', () => {
  it('says that it is unavailable when its file cannot be opened', async () => {
    await expect(openSqliteReadModel({ path: tmpdir() })).rejects.toMatchObject({ code: 'READ_MODEL_UNAVAILABLE', kind: 'unavailable' });
  });

  it('says that it is unavailable once it is closed', async () => {
    const model = await openSqliteReadModel({ path: ':memory:' });
    await model.close();
    await expect(model.get('bays', 'a')).rejects.toMatchObject({ code: 'READ_MODEL_UNAVAILABLE' });
    await expect(model.reached('bays', '1', 1)).rejects.toMatchObject({ code: 'READ_MODEL_UNAVAILABLE' });
  });

  it('lets no quote of a name into SQL', async () => {
    const model = await openSqliteReadModel({ path: ':memory:' });
    await expect(model.ensure([{ name: 'a" (x); --', indexes: [] }])).rejects.toThrow('not a name');
    await expect(model.ensure([{ name: 'a', indexes: [`x') --`] }])).rejects.toThrow('not a name');
    await expect(model.get('a"b', 'x')).rejects.toThrow('not a name');
    await model.close();
  });
});
