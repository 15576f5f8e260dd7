import type { BayView } from '@jeroboam/domain';
import type { ClientIdentity } from '@jeroboam/driver-sdk';
import { askApi } from '@jeroboam/heat-driver';
import type { Probe } from '@jeroboam/heat-driver';

interface SwarmNode {
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
}

/** Asks a manager for its nodes. */
export async function probe({ apiAddress, spec }: BayView, client: ClientIdentity, signal: AbortSignal): Promise<Probe> {
  if (apiAddress === null) throw new Error(`bay ${spec.name} has no API address`);
  const { status, body } = await askApi(`${apiAddress.replace('tcp://', 'https://')}/nodes`, client, signal);
  if (status !== 200) return { reason: { api: body.slice(0, 200) }, healthy: false, nodes: [] };
  const nodes = (JSON.parse(body) as readonly SwarmNode[]).map((node) => ({ name: node.Description.Hostname, ready: node.Status.State === 'ready' }));
  return {
    reason: { api: 'ok', ...Object.fromEntries(nodes.map(({ name, ready }) => [`${name}.Ready`, ready ? 'True' : 'False'])) },
    healthy: nodes.every(({ ready }) => ready), nodes: nodes.map(({ name }) => name),
  };
}
