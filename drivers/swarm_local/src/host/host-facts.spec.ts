import { hierarchies } from './cgroups.ts';
import { withHostLock } from './host-lock.ts';
import { mountsWithin, parseMounts } from './mounts.ts';
import { isEngine, isEngineHelper } from './processes.ts';

const MOUNTS = parseMounts(
  [
    '24 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
    '31 24 0:27 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu',
    '40 24 0:36 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    '50 24 0:50 / /data/bays/b1/n0/data rw - ext4 /dev/vda rw',
    '51 50 0:51 / /data/bays/b1/n0/data/overlay2/x/merged rw - overlay overlay rw,lowerdir=/a',
    '52 24 0:4 net:[4026532] /run/jeroboam-b1/n0/netns/a\\040b rw shared:3 - nsfs nsfs rw',
    '53 24 0:4 net:[4026533] /data/bays/b10/x rw - nsfs nsfs rw',
  ].join('\n'),
);

describe('what the host tells about itself', () => {
  it('finds the mounts of a bay, innermost first, and not those of a bay whose name begins the same', () => {
    expect(mountsWithin(['/data/bays/b1', '/run/jeroboam-b1'], MOUNTS)).toEqual([
      '/run/jeroboam-b1/n0/netns/a b',
      '/data/bays/b1/n0/data/overlay2/x/merged',
      '/data/bays/b1/n0/data',
    ]);
  });

  it('finds the cgroup hierarchies of a hybrid host', () => {
    expect(hierarchies(MOUNTS)).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified']);
  });

  const root = '/run/jeroboam-b1/n0';
  const process = (...args: string[]) => ({ pid: 1, args });

  it('takes for an engine only what runs with its exec root', () => {
    expect(isEngine(process('dockerd', '--config-file', '/x', '--exec-root', root), root)).toBe(true);
    expect(isEngine(process('dockerd', '--exec-root', `${root}0`), root)).toBe(false);
    expect(isEngine(process('less', `${root}/x`), root)).toBe(false);
  });

  it('takes for a helper only what belongs to its engine, not who reads its files', () => {
    expect(isEngineHelper(process('/usr/bin/containerd-shim-runc-v2', '-address', `${root}/containerd/containerd.sock`), root)).toBe(true);
    expect(isEngineHelper(process('containerd', '--config', `${root}/containerd/containerd.toml`), root)).toBe(true);
    expect(isEngineHelper(process('containerd', '--config', `${root}1/containerd/containerd.toml`), root)).toBe(false);
    expect(isEngineHelper(process('tail', '-f', `${root}/containerd/log`), root)).toBe(false);
  });

  it('lets one at a time through a lock, and the next after a failure', async () => {
    const { signal } = new AbortController();
    const order: string[] = [];
    const work = (name: string) =>
      withHostLock('jeroboam-test-of-the-lock', signal, async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} out`);
        if (name === 'a') throw new Error('a fails');
      });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(work));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(order.map((entry) => entry.slice(2))).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });
});
