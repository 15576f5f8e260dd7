import type { CloudService } from '../errors.ts';
import type { Purpose } from './names.ts';
import type { AccessRule } from './purpose-credentials.ts';

/** What a purpose needs in a cloud, and no more. */
export interface PurposeNeeds {
  /** Undefined: those that are configured for bays. */
  readonly roles?: readonly string[];
  /** None: everything that the roles allow. */
  readonly accessRules: readonly AccessRule[];
  /** Services that have to enforce the rules, each with two paths for `probeAccessRules`. */
  readonly enforcedBy: readonly { readonly service: CloudService; readonly allowedPath: string; readonly otherPath: string }[];
}

const LOOK = ['GET'] as const;
const WORK = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** Paths of things below whatever a service's address is. */
function rules(service: string, methods: readonly AccessRule['method'][], things: readonly string[]): AccessRule[] {
  return things.flatMap((thing) => [`/**/${thing}`, `/**/${thing}/**`].flatMap((path) => methods.map((method) => ({ service, method, path }))));
}

export const PURPOSES: Readonly<Record<Purpose, PurposeNeeds>> = {
  control: { accessRules: [], enforcedBy: [] },
  network: {
    roles: ['member', 'load-balancer_member'],
    accessRules: [
      ...rules('network', LOOK, ['networks', 'subnets']), ...rules('network', WORK, ['ports', 'floatingips', 'security-groups', 'security-group-rules']),
      ...rules('load-balancer', WORK, ['lbaas']),
    ],
    enforcedBy: [{ service: 'network', allowedPath: '/networks', otherPath: '/subnets' }],
  },
  volume: {
    roles: ['member'],
    accessRules: [...rules('volumev3', WORK, ['volumes', 'snapshots']), ...rules('compute', WORK, ['servers/*/os-volume_attachments'])],
    enforcedBy: [{ service: 'volumev3', allowedPath: '/volumes', otherPath: '/volumes/detail' }],
  },
  registry: { roles: ['member'], accessRules: rules('object-store', ['GET', 'PUT', 'POST', 'DELETE'], ['v1']), enforcedBy: [] },
  certs: { roles: ['member'], accessRules: rules('container-infra', ['GET', 'POST'], ['certificates']), enforcedBy: [] },
};
