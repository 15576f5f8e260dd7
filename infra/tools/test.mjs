// `npm test`: everything CI checks. `npm test -- unit` runs the tests that need nothing; also `int`, `e2e`, or a path.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, sayMissing } from './debian.mjs';
import { build, install, nodeBinary, root, run } from './ensure.mjs';

const KINDS = ['unit', 'int', 'e2e'];

install();
build();
const args = process.argv.slice(2);
const kinds = args.filter((arg) => KINDS.includes(arg));
const rest = args.filter((arg) => !KINDS.includes(arg));
if (args.length === 0) run(join(root, 'node_modules', '.bin', 'oxlint'), ['--type-aware', '--quiet']);
if (kinds.length !== 1 || kinds[0] !== 'unit') sayMissing(installPackages());

const totals = { passed: 0, failed: 0 };
for (const kind of kinds.length > 0 ? kinds : KINDS) {
  // Real servers take their time to start, so two files at once; whole processes that are killed want the host for themselves.
  const workers = { unit: [], int: ['-w', '2'], e2e: ['-w', '1'] }[kind];
  const { status, stdout } = spawnSync(
    nodeBinary,
    [join(root, 'infra/tools/jest.mjs'), ...workers, '--selectProjects', kind, '--passWithNoTests', '--reporters=default', `--reporters=${join(root, 'infra/tools/count-reporter.cjs')}`, ...rest],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: process.env, maxBuffer: 1 << 28 },
  );
  const [, passed = '0', failed = '0'] = /^jest-count (\d+) (\d+)$/m.exec(stdout) ?? [];
  totals.passed += Number(passed);
  totals.failed += Number(failed) + (status !== 0 && failed === '0' ? 1 : 0);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
