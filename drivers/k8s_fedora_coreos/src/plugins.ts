import type { DriverPlugin } from '@jeroboam/driver-sdk';
import { NETWORK_LABEL, TAG_LABEL, flannelOfKubernetes } from '@jeroboam/heat-driver';

export const plugins: readonly DriverPlugin[] = [
  flannelOfKubernetes,
  { kind: 'network', name: 'calico', labelsSchema: { type: 'object', properties: { calico_ipv4pool: NETWORK_LABEL, calico_tag: TAG_LABEL } } },
  { kind: 'volume', name: 'cinder', experimental: true, needsCredential: ['volume'] },
];
