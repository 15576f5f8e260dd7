// `npm start`: installs, builds, and becomes the embedded Jeroboam: every service in one process.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, nodeBinary, root } from './ensure.mjs';

install();
build();
const args = [join(root, 'apps', 'jeroboam', 'dist', 'main.js'), ...process.argv.slice(2)];
// Replacing this process saves its memory and passes signals on by itself, where this Node can do it.
if (typeof process.execve === 'function') process.execve(nodeBinary, [nodeBinary, ...args], process.env);
const child = spawn(nodeBinary, args, { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
