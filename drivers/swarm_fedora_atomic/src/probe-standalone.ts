import type { BayView } from '@jeroboam/domain';
import type { ClientIdentity } from '@jeroboam/driver-sdk';
import { askApi } from '@jeroboam/heat-driver';
import type { Probe } from '@jeroboam/heat-driver';

interface EngineState {
  readonly name: string;
  readonly ready: boolean;
}

/** Asks a manager of a standalone Swarm which engines it knows. */
export async function probeStandalone({ apiAddress, spec }: BayView, client: ClientIdentity, signal: AbortSignal): Promise<Probe> {
  if (apiAddress === null) throw new Error(`bay ${spec.name} has no API address`);
  const { status, body } = await askApi(`${apiAddress.replace('tcp://', 'https://')}/info`, client, signal);
  if (status !== 200) return { reason: { api: body.slice(0, 200) }, healthy: false, nodes: [] };
  const engines = enginesIn(JSON.parse(body) as { readonly SystemStatus?: readonly SystemStatus[] });
  return {
    reason: { api: 'ok', ...Object.fromEntries(engines.map(({ name, ready }) => [`${name}.Ready`, ready ? 'True' : 'False'])) },
    healthy: engines.every(({ ready }) => ready), nodes: engines.map(({ name }) => name),
  };
}

type SystemStatus = readonly [key: string, value: string];

/**
 * Swarm answers `GET /info` with a list made for reading, in `SystemStatus`: a line for each engine, indented by one blank,
 * and below it its particulars, each after a `└`; `Status` among them is `Healthy` or not.
 */
export function enginesIn({ SystemStatus: lines = [] }: { readonly SystemStatus?: readonly SystemStatus[] }): readonly EngineState[] {
  const engines: EngineState[] = [];
  for (const [key, value] of lines) {
    if (/^ [^ └]/.test(key)) engines.push({ name: key.trim(), ready: false });
    const last = engines.at(-1);
    if (last && /^ *└ Status$/.test(key)) engines.splice(-1, 1, { ...last, ready: value === 'Healthy' });
  }
  return engines;
}
