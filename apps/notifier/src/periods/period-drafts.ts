import { ownerOf } from '../bay/bay-payload.ts';
import type { BayRecord } from '../bay/bay-record.ts';
import type { Due } from '../feed/periods.ts';
import type { Draft, Origin } from '../message/draft.ts';
import { existsDrafts } from './exists.ts';
import { sampleDrafts } from './samples.ts';

/** What is told of a bay at the end of a period: from its record as it stood then, and nothing else. */
export function periodDrafts(record: BayRecord, { what, beginMs, endMs }: Due): readonly Draft[] {
  const owner = ownerOf(record);
  const at = new Date(endMs).toISOString();
  const origin: Origin = { id: [record.bay.spec.bayId, what, at], at, initiator: owner, context: { ...owner, requestId: null, roles: [] } };
  if (what === 'exists') return existsDrafts(record, origin, { beginMs, endMs });
  return record.deletedMs === null ? sampleDrafts(record, origin) : [];
}
