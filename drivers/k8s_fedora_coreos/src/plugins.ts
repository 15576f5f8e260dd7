import type { DriverPlugin } from '@jeroboam/driver-sdk';

const NETWORK = { type: 'string', pattern: '^(\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2})?$' };
/** Of an image or a release. */
const TAG = { type: 'string', pattern: '^([\\w][\\w.-]{0,127})?$' };

export const plugins: readonly DriverPlugin[] = [
  {
    kind: 'network', name: 'flannel',
    labelsSchema: {
      type: 'object',
      properties: {
        flannel_network_cidr: NETWORK, flannel_tag: TAG, flannel_cni_tag: TAG,
        flannel_backend: { type: 'string', enum: ['vxlan', 'host-gw', 'udp', ''] },
      },
    },
  },
  { kind: 'network', name: 'calico', labelsSchema: { type: 'object', properties: { calico_ipv4pool: NETWORK, calico_tag: TAG } } },
  { kind: 'volume', name: 'cinder', experimental: true, needsCredential: ['volume'] },
];
