// What every entry command needs first: dependencies as the lock file says, and a build of the present sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
/** Node 26 as the lock file pins it; the system's own Node only starts these scripts. */
export const nodeBinary = join(root, 'node_modules', '.bin', 'node');

/** Set by tests, which have built before they start anything. */
const built = process.env.JEROBOAM_BUILT === '1';

export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
}

/** Installs when the lock file has changed since the last time (or `node_modules` is not there). */
export function install() {
  if (built) return;
  const stamp = join(root, 'node_modules', '.jeroboam-installed');
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(nodeBinary)) return;
  console.error('Installing dependencies (about half a minute, once) …');
  // Not `npm ci`: the lock lacks entries of other platforms' optional binaries, which it would refuse.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!existsSync(nodeBinary)) {
    console.error(`There is no packaged Node for ${process.platform}-${process.arch}. Install Node 24 or newer and put it into node_modules/.bin/node.`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

export function build() {
  if (built) return;
  run(nodeBinary, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
}
