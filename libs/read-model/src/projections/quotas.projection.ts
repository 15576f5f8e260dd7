import type { QuotaEvent } from '@jeroboam/domain';
import type { CollectionSpec, DocumentChange, DocumentReader, Projection, ReadDocument } from '../read-model.port.ts';
import { QUOTA_EVENTS, readAs, type RecordedAs } from './readable-event.ts';

/** Collection `quotas`: the quotas that projects have of their own, `id` being the project's id. */
export interface QuotaDocument extends ReadDocument {
  /** Magnum's integer id: from 1, in the order in which projects first got a quota. A project keeps it for ever. */
  readonly number: number;
  readonly projectId: string;
  readonly hardLimit: number;
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

/** Of a project that ever had a quota; `id` is its `numberKey`. */
interface NumberedProject extends ReadDocument {
  readonly number: number;
  /** Position of the last event looked at, so that one delivered again does not count as a change. */
  readonly reached: string;
}

/** `id` is `taken:<number>`. */
interface TakenNumber extends ReadDocument {
  readonly projectId: string;
}

/** The highest number so far; `id` is `last`. */
interface LastNumber extends ReadDocument {
  readonly number: number;
}

type Change = RecordedAs<QuotaEvent, 'ProjectQuotaSet'> | RecordedAs<QuotaEvent, 'ProjectQuotaRemoved'>;

export const QUOTAS: CollectionSpec = { name: 'quotas', indexes: ['number', 'projectId', 'hardLimit', 'createdAt', 'updatedAt'] };
/** Which number each project has, for ever: under `numberKey`. */
export const QUOTA_NUMBERS: CollectionSpec = { name: 'quota_numbers', indexes: [] };
const LAST = 'last';

export function numberKey(projectId: string): string {
  return `project:${projectId}`;
}

export const QUOTAS_PROJECTION = 'quotas';

/** Projects' own quotas. Slots are events of the same streams and not shown. */
export const quotasProjection: Projection = {
  name: QUOTAS_PROJECTION,
  collections: [QUOTAS, QUOTA_NUMBERS],
  categories: ['quota'],
  async project(recorded, documents) {
    const event = readAs<QuotaEvent>(recorded, QUOTA_EVENTS, QUOTAS_PROJECTION);
    if (event.type !== 'ProjectQuotaSet' && event.type !== 'ProjectQuotaRemoved') return [];
    const { position, data: { projectId } } = event;
    const numbered = await documents.get<NumberedProject>(QUOTA_NUMBERS.name, numberKey(projectId));
    if (numbered && position <= numbered.reached) return [];
    const number = numbered?.number ?? await freeNumber(documents);
    return [await quotaChange(event, number, documents), ...numberChanges(projectId, number, position)];
  },
};

async function quotaChange(event: Change, number: number, documents: DocumentReader): Promise<DocumentChange> {
  const { position, occurredAt, data: { projectId } } = event;
  if (event.type === 'ProjectQuotaRemoved') return { kind: 'delete', collection: QUOTAS.name, id: projectId, position };
  const before = await documents.get<QuotaDocument>(QUOTAS.name, projectId);
  const since = before ? { createdAt: before.createdAt, updatedAt: occurredAt } : { createdAt: occurredAt, updatedAt: null };
  const document: QuotaDocument = { id: projectId, number, projectId, hardLimit: event.data.hardLimit, ...since };
  return { kind: 'upsert', collection: QUOTAS.name, document, position };
}

/**
 * The highest number alone would not do: a stream that was parked is taken up again at an older position, at which the
 * store no longer lets it move.
 */
async function freeNumber(documents: DocumentReader): Promise<number> {
  let number = ((await documents.get<LastNumber>(QUOTA_NUMBERS.name, LAST))?.number ?? 0) + 1;
  while (await documents.get(QUOTA_NUMBERS.name, `taken:${number}`)) number += 1;
  return number;
}

function numberChanges(projectId: string, number: number, position: string): DocumentChange[] {
  const numbered: NumberedProject = { id: numberKey(projectId), number, reached: position };
  const taken: TakenNumber = { id: `taken:${number}`, projectId };
  const last: LastNumber = { id: LAST, number };
  return [numbered, taken, last].map((document) => ({ kind: 'upsert', collection: QUOTA_NUMBERS.name, document, position }));
}
