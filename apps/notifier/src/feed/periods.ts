import type { ReadDocument } from '@jeroboam/read-model';

/** How far the periodic notifications have got; kept with the cursor. */
export interface PeriodsDocument extends ReadDocument {
  /** Ends of the last interval and the last audit period that everything was sent of, in milliseconds since 1970. */
  readonly samplesMs: number;
  readonly auditsMs: number;
  /** Of the period that is being sent: the last bay (in order of ids) that is done. */
  readonly afterBay: string | null;
}

export interface PeriodLengths {
  readonly sampleMs: number;
  readonly auditMs: number;
}

/** The end of a period that is next to be told of. */
export interface Due {
  readonly what: 'samples' | 'exists';
  readonly beginMs: number;
  readonly endMs: number;
}

export const PERIODS = 'periods';

/** Everything up to `atMs` counts as told. */
export function periodsFrom(atMs: number, { sampleMs, auditMs }: PeriodLengths): PeriodsDocument {
  return { id: PERIODS, samplesMs: atMs - (atMs % sampleMs), auditsMs: atMs - (atMs % auditMs), afterBay: null };
}

/** The one that ends first; of two that end together the samples. */
export function nextDue({ samplesMs, auditsMs }: PeriodsDocument, { sampleMs, auditMs }: PeriodLengths): Due {
  const samplesEnd = samplesMs + sampleMs;
  const auditsEnd = auditsMs + auditMs;
  return samplesEnd <= auditsEnd ? { what: 'samples', beginMs: samplesMs, endMs: samplesEnd } : { what: 'exists', beginMs: auditsMs, endMs: auditsEnd };
}

export function told(periods: PeriodsDocument, { what, endMs }: Due): PeriodsDocument {
  return { ...periods, afterBay: null, ...(what === 'samples' ? { samplesMs: endMs } : { auditsMs: endMs }) };
}
