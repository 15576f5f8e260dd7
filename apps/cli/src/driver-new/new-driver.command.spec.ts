import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { loadDrivers } from '@jeroboam/driver-sdk';
import { runHere } from '../testing/run-here.ts';

const root = import.meta.dirname.slice(0, import.meta.dirname.lastIndexOf(`${sep}apps${sep}`));

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'jeroboam-new-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('jeroboam driver new', () => {
  it('makes a driver that keeps the driver contract at once', async () => {
    const { status, stdout } = await runHere(['driver', 'new', 'my_cloud', '--dir', 'mine'], { folder });
    expect(status).toBe(0);
    expect(stdout.split('\n').filter(Boolean).map((path) => path.slice(folder.length + 1))).toEqual([
      'mine/README.md', 'mine/package.json', 'mine/src/cloud.js', 'mine/src/driver.js', 'mine/src/index.js', 'mine/test/driver.spec.js',
    ]);
    // As `npm install` of jest and the SDK would leave it.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const node = join(root, 'node_modules', '.bin', 'node');
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const report = join(folder, 'report.json');
    execFileSync(node, ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', jest, '--json', '--outputFile', report, '--silent'], {
      cwd: join(folder, 'mine'), stdio: 'pipe', env: { PATH: process.env['PATH'] },
    });
    const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numTotalTests: number };
    expect(numPassedTests).toBe(numTotalTests);
    expect(numTotalTests).toBeGreaterThan(20);
  }, 120_000);

  it('makes a package that can be packed, installed somewhere else and loaded by its name', async () => {
    await runHere(['driver', 'new', 'my_cloud'], { folder });
    const npm = (cwd: string, ...args: readonly string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const tarball = npm(join(folder, 'my_cloud'), 'pack', '--silent', '--pack-destination', folder).trim();
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'package.json'), '{}');
    npm(elsewhere, 'install', '--offline', '--no-audit', '--no-fund', join(folder, tarball));
    // The SDK comes with Jeroboam, and is no package of a registry.
    symlinkSync(join(root, 'node_modules', '@jeroboam'), join(elsewhere, 'node_modules', '@jeroboam'));
    rmSync(join(folder, 'my_cloud'), { recursive: true });
    expect(await loadDrivers(['jeroboam-driver-my_cloud'], elsewhere)).toMatchObject([{ name: 'my_cloud', version: '0.1.0', state: 'beta' }]);
  }, 60_000);

  it('makes a folder of the driver’s name where none is given', async () => {
    await runHere(['driver', 'new', 'my_cloud'], { folder });
    expect(readFileSync(join(folder, 'my_cloud', 'src', 'index.js'), 'utf8')).toContain("name: 'my_cloud'");
    expect(readFileSync(join(folder, 'my_cloud', 'package.json'), 'utf8')).toContain('"jeroboam-driver-my_cloud"');
  });

  it('leaves what is there alone', async () => {
    writeFileSync(join(folder, 'notes'), '');
    const { status, stderr } = await runHere(['driver', 'new', 'my_cloud', '--dir', '.'], { folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining('There is something in')]);
  });

  it.each(['My Cloud', '../up', ''])('refuses "%s" as a name', async (name) => {
    const { status } = await runHere(['driver', 'new', name], { folder: dirname(folder) });
    expect(status).toBe(2);
  });
});
