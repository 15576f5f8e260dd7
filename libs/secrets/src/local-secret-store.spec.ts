import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalSecretStore } from './local-secret-store.ts';
import { secretStoreContract } from './testing/index.ts';

let root: string;
let directory: string;
let masterKeyFile: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secrets-'));
  directory = join(root, 'data', 'secrets');
  masterKeyFile = join(root, 'keys', 'master.key');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = () => openLocalSecretStore({ directory, masterKeyFile });

secretStoreContract('Local', open);

describe('LocalSecretStore', () => {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  it('makes everything readable by its owner only', async () => {
    await (await open()).put('bay/1', 'secret');
    const [file] = await readdir(directory);
    expect(await Promise.all([directory, join(root, 'keys'), masterKeyFile, join(directory, file!)].map(modeOf))).toEqual([
      '700',
      '700',
      '600',
      '600',
    ]);
    expect((await readFile(masterKeyFile)).length).toBe(32);
  });

  it('keeps no secret in clear on the disk', async () => {
    await (await open()).put('bay/1', 'the-secret-itself');
    for (const name of await readdir(directory)) expect((await readFile(join(directory, name))).includes('the-secret-itself')).toBe(false);
  });

  it('reads after a restart what it wrote before', async () => {
    await (await open()).put('bay/1', 'secret');
    expect((await (await open()).get('bay/1'))?.toString()).toBe('secret');
  });

  it('agrees on one master key when several processes start for the first time at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, open));
    await Promise.all(stores.map((store, index) => store.put(`bay/${index}`, `secret ${index}`)));
    for (const store of stores) expect((await store.get('bay/3'))?.toString()).toBe('secret 3');
    expect(await readdir(join(root, 'keys'))).toEqual(['master.key']);
  });

  it.each([0o640, 0o604, 0o620, 0o777])('does not start with a master key of mode %o', async (mode) => {
    await open();
    await chmod(masterKeyFile, mode);
    await expect(open()).rejects.toMatchObject({
      code: 'MASTER_KEY_REFUSED',
      message: expect.stringContaining(`chmod 600 ${masterKeyFile}`),
    });
  });

  it.each([0, 31, 33])('does not start with a master key of %i bytes', async (size) => {
    await mkdir(join(root, 'keys'));
    await writeFile(masterKeyFile, Buffer.alloc(size), { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({
      code: 'MASTER_KEY_REFUSED',
      message: expect.stringContaining(`has ${size} bytes; a master key has 32`),
    });
  });

  it('does not make a new master key where secrets wait for the old one', async () => {
    await (await open()).put('bay/1', 'secret');
    await rm(masterKeyFile);
    await expect(open()).rejects.toMatchObject({
      code: 'MASTER_KEY_REFUSED',
      message: expect.stringContaining('Restore the file from its backup'),
    });
    expect(await readdir(join(root, 'keys'))).toEqual([]);
  });

  it('does not take a directory for a master key', async () => {
    await mkdir(masterKeyFile, { recursive: true, mode: 0o700 });
    await expect(open()).rejects.toMatchObject({ code: 'MASTER_KEY_REFUSED' });
  });

  it('notices a changed file', async () => {
    const store = await open();
    await store.put('bay/1', 'secret');
    const path = join(directory, (await readdir(directory))[0]!);
    const envelope = await readFile(path);
    envelope[envelope.length - 20]! ^= 1;
    await writeFile(path, envelope);
    await expect(store.get('bay/1')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', reason: 'tampered', ref: 'bay/1' });
  });

  it('notices two secrets changed for one another', async () => {
    const store = await open();
    await store.put('a', 'of a');
    await store.put('b', 'of b');
    await rename(join(directory, 'a.secret'), join(directory, 'b.secret'));
    await expect(store.get('b')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', reason: 'tampered' });
  });

  it('says so when it was started with another master key', async () => {
    await (await open()).put('bay/1', 'secret');
    masterKeyFile = join(root, 'keys', 'another.key');
    await writeFile(masterKeyFile, Buffer.alloc(32, 7), { mode: 0o600 });
    await expect((await open()).get('bay/1')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', reason: 'other-master-key' });
  });

  it('clears away what a crash left of a write, but not another process’s write under way', async () => {
    await open();
    const [old, fresh] = [join(directory, '.writing-old'), join(directory, '.writing-fresh')];
    await writeFile(old, 'half');
    await utimes(old, new Date(0), new Date(0));
    await writeFile(fresh, 'half');
    await (await open()).put('bay/1', 'secret');
    expect((await readdir(directory)).sort()).toEqual(['.writing-fresh', 'bay~1.secret']);
    expect(await (await open()).list('')).toEqual(['bay/1']);
  });

  it('says that it is unavailable when the disk fails, and shows no secret', async () => {
    const store = await open();
    await rm(directory, { recursive: true });
    await writeFile(directory, 'not a directory any more');
    for (const work of [() => store.put('a', 'the-secret'), () => store.get('a'), () => store.destroy('a'), () => store.list('')]) {
      const error = await work().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE', kind: 'unavailable' });
      expect(String(error)).not.toContain('the-secret');
    }
  });
});
