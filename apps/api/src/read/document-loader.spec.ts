import type { ReadDocument, ReadModel } from '@jeroboam/read-model';
import { DocumentLoader } from './document-loader.ts';

/** A read model of three documents that counts its calls. */
function counting() {
  const documents = new Map(['a', 'b', 'c'].map((id): [string, ReadDocument] => [id, { id }]));
  const calls: string[] = [];
  let failure: Error | undefined;
  const readModel = {
    get: async (_collection: string, id: string) => {
      calls.push(`get ${id}`);
      if (failure) throw failure;
      return documents.get(id);
    },
    find: async (_collection: string, { where }: { where: { id: string[] } }) => {
      calls.push(`find ${where.id.length}`);
      return where.id.flatMap((id) => documents.get(id) ?? []);
    },
  } as unknown as ReadModel;
  return { calls, documents, fail: (error: Error | undefined) => void (failure = error), loader: new DocumentLoader(readModel, 'things') };
}

describe('DocumentLoader', () => {
  it('asks at once for the first, and once for what is asked for in the same turn after it', async () => {
    const { loader, calls } = counting();
    expect(await Promise.all(['a', 'b', 'a', 'none'].map((id) => loader.get(id)))).toEqual([
      { id: 'a' }, { id: 'b' }, { id: 'a' }, undefined,
    ]);
    expect(calls).toEqual(['get a', 'find 3']);
  });

  it('asks for a single one by its id', async () => {
    const { loader, calls } = counting();
    expect([await loader.get('a'), await loader.get('none')]).toEqual([{ id: 'a' }, undefined]);
    expect(calls).toEqual(['get a', 'get none']);
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(await loader.get('b')).toEqual({ id: 'b' });
  });

  it('asks after the last question, so that no answer is older than its question', async () => {
    const { loader, documents } = counting();
    const early = [loader.get('a'), loader.get('d')];
    documents.set('d', { id: 'd' });
    expect(await Promise.all([...early, loader.get('d')])).toEqual([{ id: 'a' }, { id: 'd' }, { id: 'd' }]);
  });

  it('asks in portions of a hundred', async () => {
    const { loader, calls } = counting();
    await Promise.all(Array.from({ length: 251 }, (_, index) => loader.get(`x${index}`)));
    expect(calls).toEqual(['get x0', 'find 100', 'find 100', 'find 50']);
  });

  it('fails everybody who waits, and nobody after', async () => {
    const { loader, fail } = counting();
    fail(new Error('store away'));
    expect((await Promise.allSettled([loader.get('a'), loader.get('a')])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail(undefined);
    expect(await Promise.all([loader.get('b'), loader.get('c')])).toEqual([{ id: 'b' }, { id: 'c' }]);
  });
});
