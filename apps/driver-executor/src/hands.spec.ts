import { Hands } from './hands.ts';

/** What happens in which order; each step lasts until it is told to go on. */
class Shift {
  readonly order: string[] = [];
  readonly #go = new Map<string, () => void>();

  constructor(readonly hands: Hands) {}

  /** Until `go` is called with that name. */
  until(name: string): Promise<void> {
    return new Promise((resolve) => { this.#go.set(name, resolve); });
  }

  async go(name: string): Promise<void> {
    this.#go.get(name)!();
    await settle();
  }

  /** Takes a hand, and works until `<name> done`; rests until `<name> rested` if it is to. */
  async step(name: string, rests: boolean): Promise<void> {
    await this.hands.ask();
    this.hands.begin();
    this.order.push(`${name} begins`);
    if (rests) {
      const rested = await this.hands.rest(() => this.until(`${name} rested`).then(() => true));
      this.order.push(rested ? `${name} goes on` : `${name} may not rest`);
    }
    await this.until(`${name} done`);
    this.hands.end();
  }
}

/** Until everything that is ready to go on has gone on. */
function settle(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

describe('Hands', () => {
  it('work on no more steps at once than there are of them', async () => {
    const shift = new Shift(new Hands(2, 10));
    for (const name of ['a', 'b', 'c']) void shift.step(name, false);
    await settle();
    expect(shift.order).toEqual(['a begins', 'b begins']);
    await shift.go('a done');
    expect(shift.order).toEqual(['a begins', 'b begins', 'c begins']);
  });

  it('do other work while a step rests, which goes before new ones when it comes back', async () => {
    const shift = new Shift(new Hands(1, 10));
    for (const name of ['a', 'b', 'c']) void shift.step(name, name === 'a');
    await settle();
    expect(shift.order).toEqual(['a begins', 'b begins']);
    await shift.go('a rested');
    expect(shift.order).toEqual(['a begins', 'b begins']);
    await shift.go('b done');
    expect(shift.order).toEqual(['a begins', 'b begins', 'a goes on']);
    await shift.go('a done');
    expect(shift.order.at(-1)).toBe('c begins');
  });

  it('are not held up by those that are held out for work that does not come', async () => {
    const shift = new Shift(new Hands(1, 10));
    void shift.step('a', true);
    await settle();
    await shift.hands.ask();
    await shift.go('a rested');
    expect(shift.order).toEqual(['a begins', 'a goes on']);
    let isAsking = false;
    shift.hands.withdraw();
    void shift.hands.ask().then(() => { isAsking = true; });
    await settle();
    expect(isAsking).toBe(false);
    await shift.go('a done');
    expect(isAsking).toBe(true);
  });

  it('let no more rest than they may', async () => {
    const shift = new Shift(new Hands(3, 1));
    void shift.step('a', true);
    void shift.step('b', true);
    await settle();
    expect(shift.order).toEqual(['a begins', 'b begins', 'b may not rest']);
    await shift.go('a rested');
    expect(shift.order.at(-1)).toBe('a goes on');
  });

  it('come back to a step whose rest has failed', async () => {
    const hands = new Hands(1, 10);
    await hands.ask();
    hands.begin();
    await expect(hands.rest(() => Promise.reject(new Error('aborted')))).rejects.toThrow('aborted');
    hands.end();
    await expect(hands.ask()).resolves.toBeUndefined();
  });
});
