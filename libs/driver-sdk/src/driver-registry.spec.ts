import type { BayType, DriverManifest } from './driver.contract.ts';
import { DriverRegistry } from './driver-registry.ts';
import { aManifest } from './testing/samples.ts';

const SWARM: BayType = { serverType: 'vm', os: 'debian', coe: 'swarm-mode' };
const KUBERNETES: BayType = { serverType: 'vm', os: 'fedora', coe: 'kubernetes' };

function manifest(name: string, version = '1.0.0', more: Partial<DriverManifest> = {}): DriverManifest {
  return aManifest({ name, version, provides: [SWARM], ...more });
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('the driver registry', () => {
  const registry = new DriverRegistry([manifest('one'), manifest('two'), manifest('k8s', '1.0.0', { provides: [KUBERNETES] })]);

  it.each([
    ['request', { driver: 'two', imageDriver: 'one', configuredDefault: 'one' }, 'two'],
    ['image', { imageDriver: 'two', configuredDefault: 'one' }, 'two'],
    ['configuration', { configuredDefault: 'two' }, 'two'],
    ['configuration', { configuredDefault: ['k8s', 'one'] }, 'one'],
  ])('lets the %s decide, given %j', (resolvedBy, opinions, name) => {
    const resolved = registry.resolve({ ...SWARM, ...opinions });
    expect([resolved.resolvedBy, resolved.manifest.name]).toEqual([resolvedBy, name]);
  });

  it('takes the only match when nobody has an opinion, also when the default makes other bays', () => {
    expect(registry.resolve({ ...KUBERNETES, configuredDefault: 'one' })).toMatchObject({
      resolvedBy: 'only-match',
      manifest: { name: 'k8s' },
    });
  });

  it('refuses a type nobody makes, in the words of Magnum', () => {
    const wanted = { serverType: 'vm', os: 'fedora', coe: 'mesos' } as const;
    expect(() => registry.resolve(wanted)).toThrow('Cluster type (vm, fedora, mesos) not supported.');
    expect(codeOf(() => registry.resolve(wanted))).toBe('BAY_TYPE_NOT_SUPPORTED');
  });

  it('refuses a driver that is not there, in the words of Magnum', () => {
    expect(() => registry.resolve({ ...SWARM, driver: 'three' })).toThrow('Cluster driver (three) not supported.');
    expect(codeOf(() => registry.resolve({ ...SWARM, imageDriver: 'three' }))).toBe('DRIVER_NOT_SUPPORTED');
  });

  it('refuses a named driver that makes other bays', () => {
    expect(codeOf(() => registry.resolve({ ...SWARM, driver: 'k8s' }))).toBe('BAY_TYPE_NOT_SUPPORTED');
  });

  it('takes the highest active version of a name', () => {
    const versions = new DriverRegistry([
      manifest('one', '1.9.0'),
      manifest('one', '1.10.0'),
      manifest('one', '2.0.0', { state: 'beta' }),
      manifest('one', '3.0.0', { state: 'deprecated' }),
      manifest('one', '4.0.0', { state: 'retired' }),
    ]);
    expect(versions.resolve(SWARM).manifest.version).toBe('1.10.0');
    expect(versions.resolve({ ...SWARM, driver: 'one@2.0.0' }).manifest.version).toBe('2.0.0');
  });

  it('still makes bays with a deprecated driver, with a beta only when it is named, with a retired one never', () => {
    const states = new DriverRegistry([
      manifest('old', '1.0.0', { state: 'deprecated' }),
      manifest('new', '1.0.0', { state: 'beta' }),
      manifest('gone', '1.0.0', { state: 'retired' }),
    ]);
    expect(states.resolve(SWARM).manifest.name).toBe('old');
    expect(states.resolve({ ...SWARM, driver: 'new' }).manifest.name).toBe('new');
    expect(codeOf(() => states.resolve({ ...SWARM, driver: 'gone' }))).toBe('DRIVER_NOT_SUPPORTED');
    expect(states.find('gone', '1.0.0')?.name).toBe('gone');
  });

  it('goes by the states that an operator gave, where there are any', () => {
    const going = { since: '2026-11-23', sunset: '2027-03-01' };
    const shipped = new DriverRegistry([manifest('one', '1.0.0'), manifest('one', '2.0.0', { state: 'deprecated', deprecation: going })]);
    expect(shipped.resolve(SWARM).manifest.version).toBe('1.0.0');
    const changed = shipped.withStates(new Map([['one@1.0.0', 'retired'], ['one@2.0.0', 'active'], ['gone@1.0.0', 'active']]));
    expect(changed.manifests.map(({ state, deprecation }) => [state, deprecation])).toEqual([['retired', undefined], ['active', undefined]]);
    expect(changed.resolve(SWARM).manifest.version).toBe('2.0.0');
    expect(codeOf(() => changed.resolve({ ...SWARM, driver: 'one@1.0.0' }))).toBe('DRIVER_NOT_SUPPORTED');
    expect(shipped.find('one', '1.0.0')?.state).toBe('active');
  });

  it('stops the boot when two drivers make the same bays and no default says which', () => {
    expect(() => registry.assertUnambiguous()).toThrow('the drivers one and two both make bays of type (vm, debian, swarm-mode)');
    expect(() => registry.assertUnambiguous('k8s')).toThrow('configure which is the default');
    expect(() => registry.assertUnambiguous('two')).not.toThrow();
    expect(() => registry.assertUnambiguous(['k8s', 'two'])).not.toThrow();
  });

  it('stops the boot when a configured default is not loaded', () => {
    expect(() => registry.assertUnambiguous(['one', 'three'])).toThrow('the configured default driver three is not loaded');
  });

  it('refuses the same name and version twice', () => {
    expect(() => new DriverRegistry([manifest('one'), manifest('one')])).toThrow('driver one@1.0.0 is loaded twice');
  });

  it('refuses a manifest that is wrong, naming everything that is', () => {
    const wrong = {
      ...manifest('One!'),
      version: '1',
      provides: [],
      capabilities: { ...manifest('x').capabilities, masterCounts: [0], operations: ['fly'] },
    } as unknown as DriverManifest;
    expect(() => new DriverRegistry([wrong])).toThrow(
      /name must match[\s\S]*version must be[\s\S]*provides must list[\s\S]*operations must be[\s\S]*masterCounts must list/,
    );
  });
});
