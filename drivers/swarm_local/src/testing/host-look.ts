import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every trace of a bay on this host, looked for with the host's own tools and by nothing but its id: a second opinion on
 * what the driver's inventory says.
 */
export function tracesOf(bayId: string): readonly string[] {
  const marks = [bayId, bayId.replaceAll('-', '').slice(0, 10)];
  const marked = (text: string) => text.split('\n').filter((line) => marks.some((mark) => line.includes(mark)));
  return [
    ...processes(marks),
    ...marked(run('ip', ['-oneline', 'link'])),
    ...marked(run('ip', ['netns', 'list'])),
    ...marked(run('iptables', ['--wait', '-S'])),
    ...marked(readFileSync('/proc/self/mountinfo', 'utf8')),
    ...marked(run('find', ['/sys/fs/cgroup', '-type', 'd'])),
    ...readdirSync('/run').filter((name) => marks.some((mark) => name.includes(mark))),
  ];
}

/** Command lines and cgroups; the dead that nobody fetched yet have neither. */
function processes(marks: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const about = ['cmdline', 'cgroup']
        .map((file) => join('/proc', pid, file))
        .map(readIfThere)
        .join(' ')
        .replaceAll('\0', ' ');
      return marks.some((mark) => about.includes(mark)) ? [`process ${pid}: ${about}`] : [];
    });
}

function readIfThere(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    if (['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
