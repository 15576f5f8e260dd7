import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { ApiClient, login } from './client.ts';
import type { EmbeddedProcess } from './process.ts';

const run = promisify(execFile);

const NEEDED = { '/usr/sbin/dockerd': 'docker.io', '/usr/bin/nsenter': 'util-linux', '/usr/sbin/iptables': 'iptables', '/usr/bin/openstack': 'python3-openstackclient' };

/** Why a real Swarm cannot be made here, in sentences; empty where it can. */
export function unableBecause(): string[] {
  const missing = Object.entries(NEEDED).filter(([file]) => !existsSync(file)).map(([file, name]) => `${file} is missing (package ${name})`);
  return [...(process.platform === 'linux' ? [] : ['this is not Linux']), ...(process.getuid?.() === 0 ? [] : ['not run as root']), ...missing];
}

/**
 * Everything on this host that carries a bay's name: processes, namespaces, interfaces, mounts, cgroups, directories. Written
 * without the driver's own inventory, so that what the driver forgets is found.
 */
export async function traces(bayId: string, dataDir: string): Promise<string[]> {
  const shortId = bayId.replaceAll('-', '').slice(0, 10);
  const carries = (text: string) => text.includes(bayId) || text.includes(shortId);
  const [namespaces, links] = await Promise.all([run('ip', ['netns', 'list']), run('ip', ['-details', 'link'])]);
  return [
    ...processes().filter(({ commandLine }) => carries(commandLine)).map(({ pid, commandLine }) => `process ${pid}: ${commandLine.slice(0, 120)}`),
    ...lines(namespaces.stdout).filter(carries).map((line) => `namespace ${line}`),
    ...lines(links.stdout).filter(carries).map((line) => `interface ${line}`),
    ...lines(readFileSync('/proc/self/mountinfo', 'utf8')).filter(carries).map((line) => `mount ${line}`),
    ...found(['/sys/fs/cgroup', '/run', `${dataDir}/drivers`], carries),
  ];
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

function processes(): { pid: string; commandLine: string }[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      return [{ pid, commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** Paths at most four levels down whose name carries the bay's; the deletion records its own directory may keep are none. */
function found(roots: readonly string[], carries: (text: string) => boolean, depth = 4): string[] {
  return roots.flatMap((root) => {
    if (!existsSync(root)) return [];
    return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
      const path = `${root}/${entry.name}`;
      if (carries(entry.name)) return [`directory ${path}`];
      try {
        return entry.isDirectory() && depth > 0 ? found([path], carries, depth - 1) : [];
      } catch {
        return [];
      }
    });
  });
}

/** After a test that failed half-way: real nodes must not outlive it. */
export async function removeBays(jeroboam: EmbeddedProcess): Promise<void> {
  const api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  const { body } = await api.call<{ clusters: { uuid: string }[] }>('GET', '/v1/clusters');
  for (const { uuid } of body.clusters) {
    await api.call('DELETE', `/v1/clusters/${uuid}`);
    await api.until(uuid, ['GONE']);
  }
}
