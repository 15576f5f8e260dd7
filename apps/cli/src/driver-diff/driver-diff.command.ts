import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { judgeDrivers } from '@jeroboam/driver-sdk';
import type { Judgement } from '@jeroboam/driver-sdk';
import { Problem } from '../problem.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { frozenDrivers, loadManifests } from './driver-source.ts';

/**
 * Says how much bays have to fear of a driver's next version, and whether its versions say so.
 * @throws {Problem} a declared bump is too small, or a version that was shipped is not what it was.
 */
export async function diffDrivers(old: string, next: string, { json }: { readonly json?: boolean }, folder: string, terminal: Terminal): Promise<void> {
  const judgements = await judgeDrivers(await frozenDrivers(old, folder), await loadManifests(next, folder));
  if (judgements.length === 0) throw new Problem(`None of the drivers in ${next} has an older version in ${old}.`);
  if (json) await terminal.line(JSON.stringify(judgements, null, 2));
  else for (const judgement of judgements) for (const line of linesOf(judgement)) await terminal.line(line);
  const problems = judgements.filter(({ problem }) => problem !== null);
  if (problems.length > 0) throw new Problem(problems.map(({ driver, to, problem }) => `${driver} ${to}: ${problem!}`).join('\n'));
}

function linesOf({ driver, from, to, change, declared, findings }: Judgement): readonly string[] {
  return [
    `${driver} ${from} -> ${to}: ${change.toUpperCase()}, declared ${declared.toUpperCase()}`,
    ...findings.map((finding) => `  ${finding.change.toUpperCase().padEnd(5)}  ${finding.what}`),
  ];
}

/** Writes down what drivers are now, beside them: what the next version is compared with. Commit the file. */
export async function freezeDrivers(specifiers: readonly string[], folder: string, terminal: Terminal): Promise<void> {
  for (const specifier of specifiers) {
    const drivers = await frozenDrivers(specifier, folder);
    const path = join(resolve(folder, specifier), 'frozen.json');
    writeFileSync(path, `${printed(drivers)}\n`);
    await terminal.line(path);
  }
}

/** Deeper than this a file is easier to compare by lines, one for each resource. */
const MOST_LEVELS = 5;

function printed(value: unknown, level = 0): string {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0 || level >= MOST_LEVELS) return JSON.stringify(value);
  const indent = '  '.repeat(level + 1);
  const isList = Array.isArray(value);
  const members = Object.entries(value).map(([key, each]) => `${indent}${isList ? '' : `${JSON.stringify(key)}: `}${printed(each, level + 1)}`);
  return [isList ? '[' : '{', members.join(',\n'), `${'  '.repeat(level)}${isList ? ']' : '}'}`].join('\n');
}
