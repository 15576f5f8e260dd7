import { RoutingError } from '@jeroboam/platform';
import { MicroversionUnsupported, negotiate } from './microversion.ts';

const outcome = (header: string) => {
  try {
    return negotiate(header);
  } catch (error) {
    return error;
  }
};

describe('negotiate', () => {
  it.each([
    ['', 1, 'container-infrastructure-management 1.1'],
    ['container-infra 1.1', 1, 'container-infra 1.1'],
    ['container-infra 1.14', 14, 'container-infra 1.14'],
    ['container-infra latest', 14, 'container-infra 1.14'],
    ['container-infra LATEST', 14, 'container-infra 1.14'],
    ['Container-Infra 1.05', 5, 'container-infra 1.5'],
    ['container-infra +1.5', 5, 'container-infra 1.5'],
    ['container-infrastructure 1.7', 7, 'container-infrastructure 1.7'],
    ['container-infrastructure-management 1.9', 9, 'container-infrastructure-management 1.9'],
    ['container-infra 1.13, bay-ops 1.0', 13, 'container-infra 1.13, bay-ops 1.0'],
    ['bay-ops latest,container-infra 1.2', 2, 'container-infra 1.2, bay-ops 1.0'],
    ['bay-ops 1.0', 1, 'container-infrastructure-management 1.1, bay-ops 1.0'],
  ])('answers %p with minor %i under the name the client used', (header, minor, effective) => {
    const [service = ''] = effective.split(' ');
    expect(outcome(header)).toEqual({
      minor,
      headers: {
        'openstack-api-minimum-version': `${service} 1.1`, 'openstack-api-maximum-version': `${service} 1.14`,
        'openstack-api-version': effective, vary: 'OpenStack-API-Version',
      },
    });
  });

  it.each([
    ['container-infra 1.15', 'Version 1.15 was requested but the minor version is not supported by this service. The supported version range is: [container-infra 1.1, container-infra 1.14].'],
    ['container-infra 1.0', 'Version 1.0 was requested but the minor version is not supported by this service. The supported version range is: [container-infra 1.1, container-infra 1.14].'],
    ['container-infra 1.-5', 'Version 1.-5 was requested but the minor version is not supported by this service. The supported version range is: [container-infra 1.1, container-infra 1.14].'],
    ['container-infra 1.99999999999', 'Version 1.99999999999 was requested but the minor version is not supported by this service. The supported version range is: [container-infra 1.1, container-infra 1.14].'],
    ['container-infra 2.0', 'Mutually exclusive versions requested. Version 2.0 requested but not supported by this service.The supported version range is: [container-infra 1.1, container-infra 1.14].'],
  ])('has a shape of its own for the unsupported version of %p', (header, description) => {
    expect(outcome(header)).toMatchObject({
      status: 406,
      headers: { 'openstack-api-version': header, vary: 'OpenStack-API-Version' },
      body: {
        errors: [{
          code: 'magnum.microversion-unsupported', title: 'Requested microversion is unsupported', description, max_version: '1.14',
          min_version: '1.1',
          links: [{ rel: 'help', href: 'http://docs.openstack.org/api-guide/compute/microversions.html' }],
        }],
      },
    });
    expect(outcome(header)).toBeInstanceOf(MicroversionUnsupported);
  });

  it.each([
    ['foo 1.5', 'Invalid service type for OpenStack-API-Version header'],
    ['1.5', 'Invalid service type for OpenStack-API-Version header'],
    ['container-infra 1.5 x', 'Invalid service type for OpenStack-API-Version header'],
    ['container-infra 1.5, foo 1.0', 'Invalid service type for OpenStack-API-Version header'],
    ['container-infra abc', 'Invalid value for OpenStack-API-Version header'],
    ['container-infra 1.2.3', 'Invalid value for OpenStack-API-Version header'],
    ['container-infra 1.--1', 'Invalid value for OpenStack-API-Version header'],
    ['container-infra 1.5, bay-ops 9.9', 'Version 9.9 of bay-ops is not supported; there is 1.0.'],
  ])('refuses %p', (header, detail) => {
    expect(outcome(header)).toEqual(new RoutingError(406, detail));
  });

  it('stays small whatever it is sent', () => {
    for (let number = 0; number < 1_000; number += 1) negotiate(`container-infra 1.5${' '.repeat(number)}`);
    expect(negotiate('container-infra 1.5').minor).toBe(5);
  });
});
