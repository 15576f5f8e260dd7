// Jest in ESM mode, with the worker count that suits small machines (Jest itself would pick one worker on two cores).
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const args = process.argv.slice(2);
const workers = args.some((arg) => /^(-w|-i|--runInBand|--maxWorkers)/.test(arg)) ? [] : ['-w', String(Math.max(2, availableParallelism()))];
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'node'),
  ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js'), ...workers, ...args],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
