#!/usr/bin/env node
// Runs the built command. Written so that old versions of Node.js read it too, and can say what is wrong.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const say = (text) => process.stderr.write(`${text}\n`);
const main = new URL('../dist/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  say(`jeroboam needs Node.js ${NEEDED} or newer; this is ${process.versions.node}.`);
  say('In a checkout `npx jeroboam ...` uses the one that `npm install` has brought.');
  process.exitCode = 1;
} else if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  say('jeroboam is not built yet: run `npm start` once in the checkout (it builds), or `npm run build`.');
  process.exitCode = 1;
}
