import type { BaySpec, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { LabelsSchema } from '@jeroboam/driver-sdk';
import type { Site, Values } from '@jeroboam/heat-driver';

/** Name of the label that has the plan, as JSON. */
export const PORT_PLAN = 'port_plan';

/** One port of each worker of a node group, as it is asked for. */
interface WantedPort {
  /** Id or name; of the primary port it is the bay's `fixed_network`, and may be left out. */
  readonly network?: string;
  readonly subnet?: string;
  /** Refused where the cloud says that the network is on another. */
  readonly physical_network?: string;
  /** `primary` is the one whose address is the node's; there is one. */
  readonly role: string;
  /** True: a machine that has too few ports is used without it. @default false */
  readonly optional?: boolean;
}

const TEXT = { type: 'string', minLength: 1, maxLength: 255 };
const NONE = { type: 'string', enum: ['', '0'] };

/** What the API holds labels against before anything happens. */
export const labelsSchema: LabelsSchema = {
  type: 'object',
  properties: {
    [PORT_PLAN]: {
      type: 'string', contentMediaType: 'application/json',
      contentSchema: {
        type: 'array', minItems: 1, maxItems: 16,
        contains: { properties: { role: { const: 'primary' } } }, minContains: 1, maxContains: 1,
        items: {
          type: 'object', additionalProperties: false, required: ['role'],
          properties: { network: TEXT, subnet: TEXT, physical_network: TEXT, role: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' }, optional: { type: 'boolean' } },
          if: { properties: { role: { const: 'primary' } } },
          then: { properties: { optional: { const: false } } },
          else: { required: ['network'] },
        },
      },
    },
    // Machines boot from their own disks: no Cinder volume is attached to them.
    etcd_volume_size: NONE,
    boot_volume_size: NONE,
  },
};

/**
 * Parameters for the ports of workers: by default one, the primary one. Ports on networks without port security get no
 * security group, which Neutron would refuse; the plan that is kept in the stack says so.
 *
 * @throws {StepFailed} final: there is no such network, or it is not the one that was meant.
 */
export async function portParameters(spec: BaySpec, { labels }: NodeGroupView, site: Site): Promise<Values> {
  const wanted = planOf(labels[PORT_PLAN] ?? spec.labels[PORT_PLAN]);
  const primary = wanted.find(({ role }) => role === 'primary');
  if (!primary) throw refused('port_plan has no primary port');
  if (primary.network !== undefined && primary.network !== spec.fixedNetwork) throw refused(`The primary port is on fixed_network ${spec.fixedNetwork}, not on ${primary.network}`);
  const planned = await Promise.all(wanted.map(async (port) => plannedPort({ ...port, network: port.network ?? spec.fixedNetwork! }, site)));
  const further = planned.filter(({ role }) => role !== 'primary');
  const required = further.filter(({ optional }) => !optional);
  const optional = further.filter((port) => port.optional);
  return {
    port_plan: planned, port_security: planned.find(({ role }) => role === 'primary')!.has_port_security,
    required_ports: required, number_of_required_ports: required.length, optional_ports: optional, number_of_optional_ports: optional.length,
    ...(primary.subnet === undefined ? {} : { fixed_subnet: primary.subnet }),
  };
}

/** The label was held against its schema by the API; what is in the log is not asked twice. */
function planOf(text: string | undefined): readonly WantedPort[] {
  if (text === undefined || text === '') return [{ role: 'primary' }];
  try {
    return JSON.parse(text) as readonly WantedPort[];
  } catch (cause) {
    throw new StepFailed('port_plan is no JSON', { retryable: false, cause });
  }
}

async function plannedPort({ network: ident, subnet = '', role, optional = false, physical_network: physical }: WantedPort & { readonly network: string }, site: Site) {
  const network = await site.network(ident);
  if (!network) throw refused(`There is no network ${ident}`);
  if (physical !== undefined && network.physicalNetwork !== undefined && network.physicalNetwork !== physical)
    throw refused(`The network ${ident} is on the physical network ${network.physicalNetwork}, not on ${physical}`);
  return {
    network: ident, subnet, role, optional, has_port_security: network.portSecurity,
    security_groups: network.portSecurity ? 'applied' : 'skipped(port_security_disabled)', ...(physical === undefined ? {} : { physical_network: physical }),
  };
}

/** A server that found no machine is tried without its optional ports: the number of its worker is kept in the stack. */
export function withoutOptionalPorts(failed: { readonly path: readonly string[]; readonly reason: string }, parameters: Readonly<Record<string, string>>): Values {
  const [group, number, what] = failed.path;
  if (group !== 'workers' || number === undefined || what !== 'server' || !/No valid host/i.test(failed.reason)) return {};
  const without: readonly string[] = (parameters['workers_without_optional_ports'] ?? '').match(/\d+/g) ?? [];
  if (Number(parameters['number_of_optional_ports'] ?? 0) === 0 || without.includes(number)) return {};
  return { workers_without_optional_ports: [...without, number].join(',') };
}

function refused(reason: string): StepFailed {
  return new StepFailed(reason, { retryable: false });
}
