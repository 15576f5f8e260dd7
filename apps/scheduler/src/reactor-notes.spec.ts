import type { DocumentChange, ReadModel } from '@jeroboam/read-model';
import { openSqliteReadModel } from '@jeroboam/read-model';
import { ReactorNotes } from './reactor-notes.ts';

const at = (place: number): string => String(place).padStart(16, '0');
const open = (id: string, place: number): DocumentChange => ({ kind: 'upsert', collection: 'open', document: { id }, position: at(place) });
const ended = (id: string, place: number): DocumentChange => ({ kind: 'delete', collection: 'open', id, position: at(place) });

describe('ReactorNotes', () => {
  let readModel: ReadModel;
  const opened = async (): Promise<ReactorNotes> => {
    const notes = new ReactorNotes(readModel, 'scheduler', ['open']);
    await notes.open();
    return notes;
  };
  beforeEach(async () => {
    readModel = await openSqliteReadModel({ path: ':memory:' });
    await readModel.ensure([{ name: 'open', indexes: [] }]);
  });
  afterEach(() => readModel.close());

  it('commits what changes a note, with the checkpoint', async () => {
    const notes = await opened();
    await notes.keep([open('b1', 1)], at(1));
    expect([await readModel.checkpoint('scheduler'), await readModel.find('open')]).toEqual([at(1), [{ id: 'b1' }]]);
    await notes.keep([ended('b1', 2)], at(2));
    expect([await readModel.checkpoint('scheduler'), await readModel.find('open')]).toEqual([at(2), []]);
  });

  it('stays behind while nothing changes, for 32 batches at most', async () => {
    const notes = await opened();
    await notes.keep([open('b1', 1)], at(1));
    for (let batch = 2; batch <= 32; batch += 1) await notes.keep([open('b1', batch), ended('b2', batch)], at(batch));
    expect(await readModel.checkpoint('scheduler')).toBe(at(1));
    await notes.keep([], at(33));
    expect(await readModel.checkpoint('scheduler')).toBe(at(33));
  });

  it('knows after a restart what was noted before', async () => {
    await (await opened()).keep([open('b1', 1)], at(1));
    await (await opened()).keep([ended('b1', 2)], at(2));
    expect(await readModel.find('open')).toEqual([]);
  });

  it('refuses to go on when another scheduler has moved the checkpoint', async () => {
    const [one, other] = [await opened(), await opened()];
    await other.keep([open('b1', 1)], at(1));
    await expect(one.keep([open('b2', 1)], at(1))).rejects.toThrow('another scheduler');
  });
});
