import { availabilityOf } from './availability.ts';
import type { HostFacts } from './availability.ts';

const ROOT = '000001ffffffffff';
const host: HostFacts = { platform: 'linux', effectiveCapabilities: ROOT, hasProgram: () => true, addressRange: undefined };

describe('the availability of swarm_local', () => {
  it('says yes where nothing is missing', () => {
    expect(availabilityOf(host)).toEqual({ available: true });
  });

  it('names everything that is missing, with the reason and the package', () => {
    const answer = availabilityOf({
      ...host,
      effectiveCapabilities: '0000000000000000',
      hasProgram: (name) => name !== 'dockerd' && name !== 'ip',
    });
    expect(answer).toMatchObject({
      available: false,
      missing: [
        { what: 'CAP_NET_ADMIN' },
        { what: 'CAP_SYS_ADMIN' },
        { what: 'dockerd', package: 'docker.io' },
        { what: 'ip', package: 'iproute2' },
      ],
    });
    expect(answer.available ? [] : answer.missing.filter((item) => item.reason === '')).toEqual([]);
  });

  it('does not look further on a host that is no Linux', () => {
    expect(availabilityOf({ ...host, platform: 'darwin', effectiveCapabilities: '0', hasProgram: () => false })).toMatchObject({
      available: false,
      missing: [{ what: 'Linux' }],
    });
  });

  it('refuses an address range that holds no bay', () => {
    expect(availabilityOf({ ...host, addressRange: '10.0.0.0/30' })).toMatchObject({
      available: false,
      missing: [{ what: 'JEROBOAM_SWARM_LOCAL_RANGE' }],
    });
    expect(availabilityOf({ ...host, addressRange: '10.0.0.0/16' })).toEqual({ available: true });
  });
});
