import type { Login, ThingsInCloud } from '@jeroboam/openstack/testing';

/** For the contract suites: users of the `cloud.json` of this package, and things in it. */
export const SERVICE: Login = { username: 'jeroboam', password: 'secret', projectName: 'service' };
export const MEMBER: Login = { username: 'demo', password: 'secret', projectName: 'demo' };

/** Goes into the cloud file besides: two images of one name. */
export const TWINS = { images: [{ name: 'twin' }, { name: 'twin', id: '6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d8' }] };

export const THINGS: ThingsInCloud = {
  image: { name: 'cirros', osDistro: 'cirros' },
  flavor: { name: 'm1.small', vcpus: 1, ramMb: 2_048, diskGb: 20 },
  keypair: 'default',
  externalNetwork: 'public',
  network: 'private',
  subnet: 'private-subnet',
  twinImages: 'twin',
};
