import type { BayView } from '@jeroboam/domain';
import type { ClientIdentity } from '@jeroboam/driver-sdk';
import { askApi } from '../ask-api.ts';
import type { Probe } from '../blueprint.ts';

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Asks `/readyz` and the list of nodes, in the shape of Magnum's `health_status_reason`. */
export async function probeKubernetes({ apiAddress, spec }: BayView, client: ClientIdentity, signal: AbortSignal): Promise<Probe> {
  if (apiAddress === null) throw new Error(`bay ${spec.name} has no API address`);
  const [ready, nodes] = await Promise.all([askApi(`${apiAddress}/readyz`, client, signal), askApi(`${apiAddress}/api/v1/nodes`, client, signal)]);
  const { items } = JSON.parse(nodes.body) as NodeList;
  const states = items.map(({ metadata, status }) => [`${metadata.name}.Ready`, status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown'] as const);
  const api = ready.status === 200 ? 'ok' : ready.body.slice(0, 200);
  return {
    reason: { api, ...Object.fromEntries(states) }, healthy: api === 'ok' && states.every(([, state]) => state === 'True'),
    nodes: items.map(({ metadata }) => metadata.name),
  };
}
