import { Turns } from './turns.ts';

describe('Turns', () => {
  it('lets those who ask go on in order, one in each turn of the event loop', async () => {
    const turns = new Turns();
    let turn = 0;
    let isOver = false;
    const count = (): void => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const taken = await Promise.all(['a', 'b', 'c'].map(async (name) => {
      await turns.next();
      return [name, turn];
    }));
    isOver = true;
    expect(taken.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(new Set(taken.map(([, at]) => at)).size).toBe(3);
  });

  it('lets whoever is awaited when a turn comes go before all who are not', async () => {
    const turns = new Turns();
    const awaited = new Set(['c']);
    const order: string[] = [];
    await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => {
      await turns.next(() => awaited.has(name));
      order.push(name);
      if (name === 'c') awaited.add('d');
    }));
    expect(order).toEqual(['c', 'd', 'a', 'b']);
  });

  it('begins anew after it has been idle', async () => {
    const turns = new Turns();
    await turns.next();
    await expect(Promise.all([turns.next(), turns.next()])).resolves.toHaveLength(2);
  });
});
