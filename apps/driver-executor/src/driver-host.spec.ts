import { aManifest } from '@jeroboam/driver-sdk/testing';
import { recordingLogger } from '@jeroboam/platform/testing';
import { DriverHost } from './driver-host.service.ts';
import { aDriver } from './testing/a-driver.ts';

const host = (...manifests: ConstructorParameters<typeof DriverHost>[0]) => new DriverHost(manifests, '/data', recordingLogger());

describe('DriverHost', () => {
  it('makes each version once, with a folder of its driver’s own', () => {
    const made: string[] = [];
    const create: ReturnType<typeof aDriver>['create'] = (deps) => {
      made.push(deps.dataDir);
      return aDriver().create(deps);
    };
    const drivers = host({ ...aDriver(), create }, { ...aDriver(), version: '2.0.0', create });
    expect(drivers.names()).toEqual(['some_driver@1.0.0', 'some_driver@2.0.0']);
    expect(drivers.driver('some_driver', '1.0.0')).toBe(drivers.driver('some_driver', '1.0.0'));
    expect(made).toEqual(['/data/some_driver']);
  });

  it('says what bays get credentials for: what their driver needs, and the plugins that were chosen', () => {
    const { capabilities } = aManifest();
    const plugins = [{ kind: 'volume', name: 'fuxi', needsCredential: ['volume'] }, { kind: 'network', name: 'kuryr', needsCredential: ['network'] }] as const;
    const drivers = host({ ...aDriver(), needsCredentials: ['control'], capabilities: { ...capabilities, networkDrivers: ['kuryr'], volumeDrivers: ['fuxi'], plugins } });
    const chosen = { coe: 'swarm', networkDriver: null, volumeDriver: 'fuxi', dockerStorageDriver: null };
    expect(drivers.needs('some_driver', '1.0.0', chosen)).toEqual(['control', 'volume']);
    expect(drivers.needs('some_driver', '1.0.0', { ...chosen, volumeDriver: null, networkDriver: 'kuryr' })).toEqual(['control', 'network']);
    expect(drivers.needs('some_driver', '9.9.9', chosen)).toEqual([]);
  });

  it('leaves a driver it does not have to another executor', () => {
    expect(() => host().driver('other', '1.0.0')).toThrow(expect.objectContaining({ message: 'Driver other@1.0.0 is not installed on this executor', retryable: true }));
  });

  it('lists what each driver lacks, and one that cannot even look is no harm to the others', async () => {
    const missing = [{ what: 'dockerd', reason: 'it runs the nodes', package: 'docker.io' }];
    const drivers = host({ ...aDriver(), name: 'well' }, { ...aDriver({ availability: async () => ({ available: false, missing }) }), name: 'lacking' }, aManifest({ name: 'broken' }));
    expect(await drivers.list()).toEqual([
      { name: 'well', version: '1.0.0', available: true, missing: [] },
      { name: 'lacking', version: '1.0.0', available: false, missing },
      { name: 'broken', version: '1.0.0', available: false, missing: [{ what: 'an answer from the driver', reason: 'this manifest is only looked at' }] },
    ]);
  });
});
