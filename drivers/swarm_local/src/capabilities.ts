import type { DriverCapabilities } from '@jeroboam/driver-sdk';

export const capabilities: DriverCapabilities = {
  operations: ['resize', 'node-groups', 'rotate-ca', 'health'],
  networkDrivers: ['docker'],
  volumeDrivers: [],
  storageDrivers: ['overlay2', 'vfs'],
  runtimeClasses: ['runc'],
  masterCounts: [1, 3],
  maxNodes: 20,
  limitations: [
    'All nodes of a bay live on the one host where its driver executor runs, and are reached from that host only.',
    'Ingress publishing (docker service create --publish without mode=host) needs IPVS in the kernel; where that is missing only mode=host answers.',
    'Virtual addresses of services on overlay networks need IPVS too; without it use --endpoint-mode dnsrr.',
    'Nodes have no way to a registry outside the host; busybox is provided as an image where the host has busybox-static.',
    'Flavors, fixed networks, floating IPs, keypairs and volume sizes change nothing: nodes share the CPUs, memory and disk of the host.',
    'Rotating the CA restarts every engine twice, one node after the other, and with it the containers of that node.',
    'The number of masters cannot change, and bays without TLS are not made.',
  ],
};
