import type { DriverPlugin, LabelsSchema } from '@jeroboam/driver-sdk';
import { NETWORK_LABEL, TAG_LABEL } from '@jeroboam/heat-driver';

/** Whatever else is on the image; the credential that they need is made for the bay. */
const BROUGHT: readonly DriverPlugin[] = [
  { kind: 'network', name: 'kuryr', experimental: true, needsCredential: ['network'] },
  {
    kind: 'volume', name: 'rexray', needsCredential: ['volume'],
    labelsSchema: { type: 'object', properties: { rexray_preempt: { type: 'string', enum: ['true', 'false', ''] } } },
  },
  { kind: 'volume', name: 'fuxi', experimental: true, needsCredential: ['volume'] },
];

export const plugins: readonly DriverPlugin[] = [{ kind: 'network', name: 'docker' }, ...BROUGHT];

export const standalonePlugins: readonly DriverPlugin[] = [
  ...plugins,
  {
    kind: 'network', name: 'flannel',
    labelsSchema: {
      type: 'object',
      properties: {
        flannel_network_cidr: NETWORK_LABEL,
        // Lengths from 8 to 30.
        flannel_network_subnetlen: { type: 'string', pattern: '^([89]|[12]\\d|30)?$' },
        flannel_backend: { type: 'string', enum: ['udp', 'vxlan', 'host-gw', ''] },
      },
    },
  },
];

export const standaloneLabels: LabelsSchema = {
  type: 'object',
  properties: {
    swarm_strategy: { type: 'string', enum: ['spread', 'binpack', 'random', ''] },
    swarm_version: TAG_LABEL,
  },
};
