import { request } from 'node:https';
import type { BayView } from '@jeroboam/domain';
import type { ClientIdentity } from '@jeroboam/driver-sdk';
import type { Probe } from '@jeroboam/heat-driver';

/** No list of nodes is longer. */
const MAX_BYTES = 16 * 1024 * 1024;

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Asks `/readyz` and the list of nodes, in the shape of Magnum's `health_status_reason`. */
export async function probe({ apiAddress, spec }: BayView, client: ClientIdentity, signal: AbortSignal): Promise<Probe> {
  if (apiAddress === null) throw new Error(`bay ${spec.name} has no API address`);
  const [ready, nodes] = await Promise.all([get(`${apiAddress}/readyz`, client, signal), get(`${apiAddress}/api/v1/nodes`, client, signal)]);
  const { items } = JSON.parse(nodes.body) as NodeList;
  const states = items.map(({ metadata, status }) => [`${metadata.name}.Ready`, status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown'] as const);
  const api = ready.status === 200 ? 'ok' : ready.body.slice(0, 200);
  return {
    reason: { api, ...Object.fromEntries(states) }, healthy: api === 'ok' && states.every(([, state]) => state === 'True'),
    nodes: items.map(({ metadata }) => metadata.name),
  };
}

function get(url: string, { caPem, certificatePem, keyPem }: ClientIdentity, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca: caPem, cert: certificatePem, key: keyPem, signal, agent: false, timeout: 10_000 }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MAX_BYTES) call.destroy(new Error('the answer is too long'));
        parts.push(part);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end();
  });
}
