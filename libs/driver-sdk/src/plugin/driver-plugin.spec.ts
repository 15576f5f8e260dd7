import { manifestProblems } from '../registry/validate-manifest.ts';
import { aManifest } from '../testing/samples.ts';
import type { DriverCapabilities } from '../driver.contract.ts';
import { pluginNames, pluginsOf, purposesOf } from './driver-plugin.ts';
import type { DriverPlugin } from './driver-plugin.ts';

const FUXI: DriverPlugin = {
  kind: 'volume', name: 'fuxi', experimental: true, needsCredential: ['volume'],
  labelsSchema: { type: 'object', properties: { fuxi_image: { type: 'string', minLength: 1 } } },
};
const KURYR: DriverPlugin = { kind: 'network', name: 'kuryr', coes: ['swarm'], needsCredential: ['network', 'volume'] };
const capabilities: DriverCapabilities = {
  ...aManifest().capabilities, networkDrivers: ['docker', 'kuryr'], volumeDrivers: ['rexray', 'fuxi'], storageDrivers: ['overlay2'], plugins: [FUXI, KURYR],
};
const manifest = aManifest({ capabilities, provides: [{ serverType: 'vm', os: 'debian', coe: 'swarm' }, { serverType: 'vm', os: 'debian', coe: 'mesos' }] });
const chosen = { coe: 'swarm', networkDriver: 'kuryr', volumeDriver: 'fuxi', dockerStorageDriver: null };

describe('plugins in a manifest', () => {
  it('are offered to the COEs they are for', () => {
    expect(pluginNames(capabilities, 'network', 'swarm')).toEqual(['docker', 'kuryr']);
    expect(pluginNames(capabilities, 'network', 'mesos')).toEqual(['docker']);
    expect(pluginNames(capabilities, 'volume', 'mesos')).toEqual(['rexray', 'fuxi']);
  });

  it('say what a bay that uses them needs, each purpose once', () => {
    expect(pluginsOf(capabilities, chosen)).toEqual([FUXI, KURYR]);
    expect(purposesOf(capabilities, chosen)).toEqual(['volume', 'network']);
    expect(purposesOf(capabilities, { ...chosen, coe: 'mesos' })).toEqual(['volume']);
    expect(purposesOf(capabilities, { ...chosen, networkDriver: 'docker', volumeDriver: null })).toEqual([]);
  });

  it('are sound as they are described, and may be left out', () => {
    expect(manifestProblems(manifest)).toEqual([]);
    expect(manifestProblems(aManifest())).toEqual([]);
  });

  it.each<[object, string]>([
    [{ plugins: {} }, 'capabilities.plugins must be a list'],
    [{ plugins: ['fuxi'] }, 'each of capabilities.plugins must be an object'],
    [{ plugins: [FUXI, FUXI] }, 'plugin volume fuxi is there twice'],
    [{ plugins: [{ ...FUXI, kind: 'disk' }] }, 'plugin fuxi: kind must be one of network, volume, storage'],
    [{ plugins: [{ ...FUXI, name: 'cinder' }] }, 'volume plugin cinder: capabilities.volumeDrivers must list it'],
    [{ plugins: [{ ...KURYR, coes: ['kubernetes'] }] }, 'coes must list COEs that the driver provides'],
    [{ plugins: [{ ...FUXI, experimental: 'yes' }] }, 'experimental is true or left out'],
    [{ plugins: [{ ...FUXI, needsCredential: ['control'] }] }, 'needsCredential must be a list out of network, volume, registry'],
    [{ plugins: [{ ...FUXI, labelsSchema: { type: 'object', additionalProperties: false } }] }, 'labelsSchema must be a JSON Schema'],
    [{ plugins: [{ ...FUXI, labelsSchema: { type: 'object', properties: { size: { type: 'number' } } } }] }, 'labelsSchema must be a JSON Schema'],
    [{ labelsSchema: { type: 'string' } }, 'capabilities.labelsSchema must be a JSON Schema'],
  ])('are refused when they are %j', (change, problem) => {
    expect(manifestProblems({ ...manifest, capabilities: { ...capabilities, ...change } })).toEqual([expect.stringContaining(problem)]);
  });
});
