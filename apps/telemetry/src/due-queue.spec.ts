import fc from 'fast-check';
import { DueQueue } from './due-queue.ts';

function taken<T>(queue: DueQueue<T>): T[] {
  const values: T[] = [];
  while (queue.firstDueMs !== undefined) values.push(queue.take()!);
  return values;
}

describe('DueQueue', () => {
  it('gives what falls due first, and of two due at once the one added first', () => {
    const queue = new DueQueue<string>();
    for (const [dueMs, value] of [[20, 'c'], [10, 'a'], [30, 'e'], [10, 'b'], [20, 'd']] as const) queue.add(dueMs, value);
    expect(queue.firstDueMs).toBe(10);
    expect(taken(queue)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([queue.firstDueMs, queue.take()]).toEqual([undefined, undefined]);
  });

  it('keeps any order that a stable sort has, however adding and taking mix', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50), { freq: 3 })), (script) => {
        const queue = new DueQueue<readonly [number, number]>();
        const model: (readonly [number, number])[] = [];
        script.forEach((dueMs, order) => {
          if (dueMs === null) {
            model.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
            expect(queue.take()).toEqual(model.shift());
          } else {
            queue.add(dueMs, [dueMs, order]);
            model.push([dueMs, order]);
          }
        });
      }),
    );
  });
});
