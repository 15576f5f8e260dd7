import type { DriverPlugin } from '@jeroboam/driver-sdk';

/** A text that is an IPv4 network, or nothing. */
export const NETWORK_LABEL = { type: 'string', pattern: '^(\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2})?$' } as const;
/** Of an image or a release, or nothing. */
export const TAG_LABEL = { type: 'string', pattern: '^([\\w][\\w.-]{0,127})?$' } as const;

/** What both Kubernetes drivers have their pods' network made by. */
export const flannelOfKubernetes: DriverPlugin = {
  kind: 'network', name: 'flannel',
  labelsSchema: {
    type: 'object',
    properties: {
      flannel_network_cidr: NETWORK_LABEL, flannel_tag: TAG_LABEL, flannel_cni_tag: TAG_LABEL,
      flannel_backend: { type: 'string', enum: ['vxlan', 'host-gw', 'udp', ''] },
    },
  },
};
