import { aManifest } from '@jeroboam/driver-sdk/testing';
import { defaultCreateTimeout, requireMachineFit } from './machine-rules.ts';

const able = aManifest();
const withCinder = aManifest({ capabilities: { ...able.capabilities, volumeDrivers: ['cinder'] } });
const metal = { serverType: 'bm', fixedNetwork: 'metal', fixedSubnet: null, dockerVolumeSize: null } as const;

describe('a bay of bare-metal machines', () => {
  it('is refused without a network that is there', () => {
    expect(() => requireMachineFit(able, { ...metal, fixedNetwork: null })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    expect(() => requireMachineFit(able, { ...metal, fixedNetwork: null, fixedSubnet: 'metal-subnet' })).not.toThrow();
  });

  it('is refused with a Cinder volume, unless its driver can attach one', () => {
    expect(() => requireMachineFit(able, { ...metal, dockerVolumeSize: 5 })).toThrow(expect.objectContaining({ code: 'CAPABILITY_MISSING' }));
    expect(() => requireMachineFit(withCinder, { ...metal, dockerVolumeSize: 5 })).not.toThrow();
  });

  it('may take two hours to be made where nobody says how long', () => {
    expect([defaultCreateTimeout({ serverType: 'bm' }), defaultCreateTimeout({ serverType: 'vm' })]).toEqual([120, 60]);
  });

  it('has rules that servers do not have', () => {
    expect(() => requireMachineFit(able, { ...metal, serverType: 'vm', fixedNetwork: null, dockerVolumeSize: 5 })).not.toThrow();
  });
});
