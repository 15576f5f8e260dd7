import type { FoundStack } from './stack-service.port.ts';
import type { Scale } from '../bay/members.ts';

/** Who changed a stack last: kept in the stack itself, where every executor sees it. */
export interface StackChange {
  readonly fencingToken: number;
  readonly operationId: string;
  /** 1 for the first try of this operation. */
  readonly tries: number;
}

/** Parameters that every template of ours has; the rest is the driver's. */
export const CHANGE = 'change';

export interface ScaleParameters {
  /** How many. */
  readonly count: string;
  /** Numbers that were taken away, for `removal_policies`; absent where nodes never leave. */
  readonly removed?: string;
}

export const MASTERS: ScaleParameters = { count: 'number_of_masters' };
export const WORKERS: ScaleParameters = { count: 'number_of_workers', removed: 'workers_to_remove' };

export function changeText({ fencingToken, operationId, tries }: StackChange): string {
  return `${fencingToken} ${operationId} ${tries}`;
}

/** @returns undefined for a stack that somebody else changed. */
export function changeOf({ parameters }: Pick<FoundStack, 'parameters'>): StackChange | undefined {
  const [, token, operationId = '', tries] = /^(\d+) (\S+) (\d+)$/.exec(parameters[CHANGE] ?? '') ?? [];
  return token === undefined ? undefined : { fencingToken: Number(token), operationId, tries: Number(tries) };
}

export function scaleOf({ parameters }: Pick<FoundStack, 'parameters'>, { count, removed }: ScaleParameters): Scale {
  const numbers = removed === undefined ? [] : (parameters[removed] ?? '').match(/\d+/g) ?? [];
  return { count: Number(parameters[count] ?? 0), removed: numbers.map(Number) };
}

export function scaleParameters({ count, removed }: Scale, names: ScaleParameters): Record<string, unknown> {
  return { [names.count]: count, ...(names.removed === undefined ? {} : { [names.removed]: removed.join(',') }) };
}
