import { BayNames, hostNameOf } from './names.ts';

const BAY = 'dea527dc-8c03-4568-9c9f-4f22e7fc3da6';

describe('the names of what a bay has outside', () => {
  const names = new BayNames(BAY, '/data');

  it('keeps interface names within the 15 characters the kernel takes', () => {
    expect([names.bridge, names.link(250)].map((name) => name.length <= 15)).toEqual([true, true]);
    expect([names.bridge, names.link(7)]).toEqual(['jbdea527dc8c', 'jvdea527dc8c7']);
  });

  it('keeps the paths of sockets within the 107 bytes the kernel takes', () => {
    const longest = new BayNames('b'.repeat(40), '/data');
    expect(`${longest.execRoot(250)}/containerd/containerd-debug.sock`.length).toBeLessThanOrEqual(107);
  });

  it('carries the whole id wherever there is room for it', () => {
    expect([names.alias, names.cgroup, names.runtimeDir, names.bayDir, names.namespace(0)].every((name) => name.includes(BAY))).toBe(true);
  });

  it('makes a short id of any id', () => {
    expect(new BayNames('not-a-uuid', '/data').shortId).toMatch(/^[0-9a-f]{10}$/);
  });

  it.each(['', '../etc', 'a b', 'x'.repeat(41), '-n'])('refuses the id %j', (bayId) => {
    expect(() => new BayNames(bayId, '/data')).toThrow(expect.objectContaining({ name: 'StepFailed', retryable: false }));
  });

  it('gives nodes their own names as host names, or what the kernel takes of them', () => {
    expect(hostNameOf('default-worker-3', 3)).toBe('default-worker-3');
    expect(hostNameOf('gpu.pool_1-0', 5)).toBe('gpu-pool-1-0-n5');
    expect(hostNameOf('w'.repeat(100), 250)).toHaveLength(60);
  });
});
