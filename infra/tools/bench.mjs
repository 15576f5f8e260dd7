// `npm run bench`: every bench, or those whose name contains an argument: `npm run bench -- append`.
// Ratios against a floor measured in the same run are what counts; absolute numbers drift with the machine.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { build, install, nodeBinary, root } from './ensure.mjs';

install();
build();
const wanted = process.argv.slice(2);
const folder = join(root, 'test', 'dist', 'bench');
const benches = readdirSync(folder).filter((name) => name.endsWith('.bench.js') && (wanted.length === 0 || wanted.some((part) => name.includes(part))));
let failed = 0;
for (const name of benches) {
  console.log(`\n${name.replace('.bench.js', '')}`);
  const { status } = spawnSync(nodeBinary, [join(root, 'infra', 'tools', 'run-bench.mjs'), join(folder, name)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
