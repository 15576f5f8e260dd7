import { InMemoryEventLog, InMemoryStore, aStream, anEvent, eventLogContract } from './index.ts';

eventLogContract('InMemoryEventLog', async () => {
  const store = new InMemoryStore();
  return { open: async () => new InMemoryEventLog(store), remove: async () => undefined };
});

describe('InMemoryEventLog', () => {
  it('pretends an unknown outcome when asked to, whether it wrote or not', async () => {
    for (const written of [true, false]) {
      const log = new InMemoryEventLog();
      const stream = aStream();
      const event = anEvent();
      log.failNextAppend({ written });
      await expect(log.append(stream, [event], 'none')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      expect(await log.head()).toBe(written ? '0000000000000001' : undefined);
      await expect(log.append(stream, [event], 'none')).resolves.toMatchObject({ revision: 0, position: '0000000000000001' });
    }
  });
});
