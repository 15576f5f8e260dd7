import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_USAGE, Problem } from '../problem.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What names of drivers are: they are parts of paths, streams and addresses. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const TEMPLATE = fileURLToPath(new URL('../../template/driver', import.meta.url));

/**
 * Writes a driver that passes the contract suite into a folder of its own.
 * @param options.dir where; the driver's name, in the current folder, without it.
 * @throws {Problem} the name cannot be one, or something is there already.
 */
export async function newDriver(name: string, { dir = name }: { readonly dir?: string }, folder: string, terminal: Terminal): Promise<void> {
  if (!NAME.test(name)) throw new Problem(`"${name}" cannot be the name of a driver: it must match ${NAME.source}.`, { exitCode: EXIT_USAGE });
  const target = resolve(folder, dir);
  if (existsSync(target) && readdirSync(target).length > 0) throw new Problem(`There is something in ${target} already.`, { advice: 'Name another folder with --dir.' });
  for (const file of templateFiles()) {
    const path = join(target, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, readFileSync(join(TEMPLATE, file), 'utf8').replaceAll('__NAME__', name), { flag: 'wx' });
    await terminal.line(path);
  }
  terminal.message(`The driver ${name} is ready to be taught. Run its contract suite there with npm test.`);
}

function templateFiles(): readonly string[] {
  return readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(TEMPLATE.length + 1))
    .sort();
}
