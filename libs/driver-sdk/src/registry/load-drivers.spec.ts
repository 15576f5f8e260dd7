import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDrivers } from './load-drivers.ts';

describe('loading drivers', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'load-drivers-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }

  function moduleWith(name: string, more = ''): string {
    return `export const drivers = [{ name: '${name}', version: '1.0.0', contract: 'bay-driver/v1', description: 'a driver', state: 'active',
      provides: [{ serverType: 'vm', os: 'debian', coe: 'swarm-mode' }], templateVersions: ['1.0.0'], create: () => ({}),
      capabilities: { operations: [], networkDrivers: [], volumeDrivers: [], storageDrivers: [], runtimeClasses: [], masterCounts: [1], maxNodes: 1, limitations: [] }, ${more} }];`;
  }

  it('takes files, folders and packages, in the order given', async () => {
    write('file.mjs', moduleWith('from-file'));
    write('folder/package.json', '{ "type": "module", "exports": { ".": { "types": "./x.d.ts", "default": "./lib/main.js" } } }');
    write('folder/lib/main.js', moduleWith('from-folder'));
    write(
      'node_modules/@some/driver/package.json',
      '{ "name": "@some/driver", "type": "module", "exports": { ".": { "import": "./main.js" } } }',
    );
    write('node_modules/@some/driver/main.js', moduleWith('from-package'));
    const drivers = await loadDrivers(['./file.mjs', 'folder', '@some/driver'], base);
    expect(drivers.map((driver) => driver.name)).toEqual(['from-file', 'from-folder', 'from-package']);
  });

  it('names everything that is wrong, in all of them', async () => {
    write('wrong.mjs', moduleWith('wrong', "state: 'asleep', version: 'one'"));
    write('empty.mjs', 'export const nothing = 1;');
    await expect(loadDrivers(['./wrong.mjs', './empty.mjs', './absent', 'no-such-package'], base)).rejects.toMatchObject({
      problems: [
        './wrong.mjs, driver 1 (wrong): version must be a semantic version',
        './wrong.mjs, driver 1 (wrong): state must be one of active, beta, deprecated, retired',
        './empty.mjs exports no list named "drivers"',
        `./absent cannot be loaded: there is no ${join(base, 'absent')}`,
        `no-such-package cannot be loaded: no package no-such-package can be found from ${base}`,
      ],
    });
  });

  it('takes the path of the fake driver', async () => {
    const drivers = await loadDrivers(['../testing/fake-driver.ts'], import.meta.dirname);
    expect(drivers.map((driver) => driver.name)).toEqual(['fake']);
  });

  it('refuses the same name and version from two places', async () => {
    write('one.mjs', moduleWith('same'));
    write('two.mjs', moduleWith('same'));
    await expect(loadDrivers(['one.mjs', 'two.mjs'], base)).rejects.toThrow('driver same@1.0.0 is loaded twice');
  });
});
