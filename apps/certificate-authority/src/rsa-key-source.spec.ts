import { RsaKeySource } from './rsa-key-source.ts';
import type { RsaKeyPair } from './rsa-key-threads.ts';

/** Key pairs that are ready when the test says so. */
class Generator {
  started = 0;
  readonly #waiting: { resolve: (pair: RsaKeyPair) => void; reject: (error: Error) => void }[] = [];
  readonly generate = (): Promise<RsaKeyPair> => {
    this.started += 1;
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }));
  };

  async finish(): Promise<void> {
    this.#waiting.shift()!.resolve({ publicKey: Buffer.alloc(1), privateKey: Buffer.alloc(1) });
    await settled();
  }

  async fail(): Promise<void> {
    this.#waiting.shift()!.reject(new Error('no entropy'));
    await settled();
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('RsaKeySource', () => {
  it('makes nothing before the first demand', async () => {
    const generator = new Generator();
    const source = new RsaKeySource(2, generator.generate);
    await settled();
    expect(generator.started).toBe(0);
    void source.take();
    expect(generator.started).toBe(1);
  });

  it('never makes more at once than it was told', async () => {
    const generator = new Generator();
    const source = new RsaKeySource(0, generator.generate, 2);
    const taken = Promise.all([1, 2, 3, 4].map(() => source.take()));
    expect(generator.started).toBe(2);
    await generator.finish();
    expect(generator.started).toBe(3);
    for (let left = 3; left > 0; left -= 1) await generator.finish();
    expect(new Set(await taken).size).toBe(4);
    expect(generator.started).toBe(4);
  });

  it('keeps spares ready after the first demand, and no more than it was told', async () => {
    const generator = new Generator();
    const source = new RsaKeySource(2, generator.generate);
    const first = source.take();
    for (let made = 0; made < 3; made += 1) await generator.finish();
    await first;
    expect(generator.started).toBe(3);
    const [second, third] = await Promise.all([source.take(), source.take()]);
    expect(second).not.toBe(third);
    await generator.finish();
    await generator.finish();
    expect(generator.started).toBe(5);
  });

  it('tells whoever asked when a key cannot be made, and goes on', async () => {
    const generator = new Generator();
    const source = new RsaKeySource(1, generator.generate);
    const failing = source.take().catch((error: Error) => error.message);
    await generator.fail();
    expect(await failing).toBe('no entropy');
    const next = source.take();
    await generator.finish();
    await next;
    // The spare fails unheard; the next demand makes its own.
    await generator.fail();
    const last = source.take();
    await generator.finish();
    await expect(last).resolves.toBeDefined();
  });
});
