import { median } from './bench.ts';
import type { BenchRow } from './bench.ts';
import { requestsPerSecond } from './http-load.ts';

const ROUNDS = 7;

export interface Pairs {
  readonly name: string;
  /** Whole requests, taken in turn. */
  readonly requests: readonly string[];
  /** Ports of what is measured and of what it is measured against. */
  readonly ports: readonly [ours: number, floor: number];
  readonly connections: number;
  readonly windowMs: number;
  readonly target?: string;
}

/** Requests per second of two servers, measured in turns so that a drifting machine drifts for both. */
export async function measurePairs({ name, requests, ports: [ours, floor], connections, windowMs, target }: Pairs): Promise<BenchRow> {
  const rate = (port: number) => requestsPerSecond({ port, requests, connections, durationMs: windowMs });
  for (const port of [ours, floor, ours, floor]) await rate(port);
  const pairs: { readonly ours: number; readonly floor: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) pairs.push({ ours: await rate(ours), floor: await rate(floor) });
  return {
    name, value: median(pairs.map((pair) => pair.ours)), unit: 'requests/s', floor: median(pairs.map((pair) => pair.floor)),
    ratio: median(pairs.map((pair) => pair.ours / pair.floor)), ...(target === undefined ? {} : { target }),
  };
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}
