// One bench in a process of its own: none pays for another's garbage. Called by bench.mjs with the compiled file.
import { dirname, join } from 'node:path';

const [file] = process.argv.slice(2);
const { run } = await import(file);
const { printRows } = await import(join(dirname(file), 'bench.js'));
printRows(await run());
process.exit(0);
