import { setTimeout } from 'node:timers/promises';
import { run } from './run.ts';

// Set and not called: output still on its way is written first.
process.exitCode = await run(process.argv.slice(2), {
  env: process.env, folder: process.cwd(), stdout: process.stdout, stderr: process.stderr, sleep: (ms) => setTimeout(ms),
});
