import { refused } from './row.ts';
import type { Row } from './row.ts';

const SHOW = 'coe cluster show';

/** A cluster whose engine asks for no certificates, on a network that is there, with every other switch turned. */
export const PLAIN_ROWS: readonly Row[] = [
  {
    command: 'coe cluster template create', does: 'turns every switch that it is told to', saves: 'plain',
    args: 'plain --coe swarm-mode --image cirros --external-network public --tls-disabled --registry-enabled --floating-ip-disabled '
      + '--volume-driver rexray --docker-storage-driver devicemapper --docker-volume-size 3 --http-proxy http://p.test:1 '
      + '--https-proxy http://p.test:2 --no-proxy 10.0.0.1',
    says: "WARNING: Docker storage drivers ['devicemapper', 'overlay'] are deprecated and will be removed in a future release. "
      + 'Use overlay2 instead.\nRequest to create cluster template plain accepted\n',
    json: expect.objectContaining({
      tls_disabled: true, registry_enabled: true, floating_ip_enabled: false, volume_driver: 'rexray',
      docker_storage_driver: 'devicemapper',
      docker_volume_size: 3, http_proxy: 'http://p.test:1', https_proxy: 'http://p.test:2', no_proxy: '10.0.0.1',
    }),
  },
  {
    command: 'coe cluster template create',
    args: 'bad --coe swarm-mode --image cirros --external-network public --floating-ip-enabled --floating-ip-disabled',
    does: 'says itself that two switches exclude each other', exit: 1,
    complains: /^--floating-ip-enabled and --floating-ip-disabled are mutually exclusive and should be specified only once\.\n$/,
  },
  {
    command: 'coe cluster create', does: 'accepts a cluster on a network that is there', saves: 'p1', settles: ['p1', 'CREATE_COMPLETE'],
    args: 'p1 --cluster-template plain --fixed-network private --fixed-subnet private-subnet --floating-ip-enabled --docker-volume-size 4',
    says: /^Request to create cluster ([0-9a-f-]{36}) accepted\n$/,
  },
  {
    command: SHOW, args: 'p1 -c fixed_network -c fixed_subnet -c floating_ip_enabled -c docker_volume_size', does: 'shows where it is',
    json: { fixed_network: 'private', fixed_subnet: 'private-subnet', floating_ip_enabled: true, docker_volume_size: 4 },
  },
  {
    command: 'coe cluster create', args: 'p2 --cluster-template plain --fixed-network nope',
    does: 'refuses a network that Neutron does not have', exit: 1,
    complains: refused(400, 'Unable to find fixed network nope'),
  },
  {
    command: 'coe cluster config', args: 'p1', does: 'writes no certificates where there are none',
    says: /^export DOCKER_HOST=tcp:\/\/10\.[\d.]+:2376\nexport DOCKER_CERT_PATH=\S+\nexport DOCKER_TLS_VERIFY=\n\n$/,
  },
  {
    command: 'coe ca rotate', args: 'p1', does: 'has no authority to rotate', exit: 1,
    complains: refused(400, 'Rotating the CA certificate on a non-TLS cluster is not supported'),
  },
  {
    command: 'coe cluster delete', args: 'p1', does: 'deletes it', says: 'Request to delete cluster p1 has been accepted.\n',
    settles: ['p1', 'GONE'],
  },
  {
    command: 'coe cluster template delete', args: 'plain', does: 'deletes its template',
    says: 'Request to delete cluster template plain has been accepted.\n',
  },
];
