import type { QuotaEvent, RecordedEvent } from '@jeroboam/domain';
import { ProjectedDocuments, momentOf, recordedAt } from './projected-documents.fixture.ts';
import { QUOTAS, quotasProjection, type QuotaDocument } from './quotas.projection.ts';

const set = (projectId: string, hardLimit: number): QuotaEvent => ({
  type: 'ProjectQuotaSet', schemaVersion: 1, data: { projectId, hardLimit },
});
const removed = (projectId: string): QuotaEvent => ({ type: 'ProjectQuotaRemoved', schemaVersion: 1, data: { projectId } });
const reserved = (projectId: string): QuotaEvent => ({
  type: 'BaySlotReserved', schemaVersion: 1, data: { projectId, bayId: 'b1', reservedAt: momentOf(0) },
});
const history = (...events: readonly QuotaEvent[]): RecordedEvent[] =>
  events.map((event, index) => recordedAt(`quota-${event.data.projectId}`, event, index + 1));
const quota = (documents: ProjectedDocuments, projectId: string) => documents.get<QuotaDocument>(QUOTAS.name, projectId);

describe('the quotas projection', () => {
  it('shows a quota with when it was created and when it was changed last', async () => {
    const documents = new ProjectedDocuments(quotasProjection);
    await documents.apply(...history(reserved('p1'), set('p1', 5)));
    const document = { id: 'p1', number: 1, projectId: 'p1', hardLimit: 5, createdAt: momentOf(2), updatedAt: null };
    expect(await quota(documents, 'p1')).toEqual(document);
    await documents.apply(recordedAt('quota-p1', set('p1', 6), 3));
    expect(await quota(documents, 'p1')).toEqual({ ...document, hardLimit: 6, updatedAt: momentOf(3) });
  });

  it('numbers projects in the order in which they first got a quota, and lets each keep its number', async () => {
    const documents = new ProjectedDocuments(quotasProjection);
    await documents.apply(...history(set('p2', 1), set('p1', 1), set('p2', 2), removed('p2'), set('p3', 1), set('p2', 3)));
    expect(await quota(documents, 'p2')).toMatchObject({ number: 1, hardLimit: 3, createdAt: momentOf(6), updatedAt: null });
    expect(await quota(documents, 'p1')).toMatchObject({ number: 2 });
    expect(await quota(documents, 'p3')).toMatchObject({ number: 3 });
  });

  it('is the same when everything is delivered again, in one go or from anywhere', async () => {
    const events = history(set('p2', 1), set('p1', 1), set('p2', 2), removed('p1'), set('p3', 1), set('p1', 3));
    const once = (await new ProjectedDocuments(quotasProjection).apply(...events)).all();
    for (let from = 0; from < events.length; from += 1) {
      expect((await new ProjectedDocuments(quotasProjection).apply(...events, ...events.slice(from))).all()).toEqual(once);
      const repeated = events.flatMap((event, index) => (index >= from ? [event, event] : [event]));
      expect((await new ProjectedDocuments(quotasProjection).apply(...repeated)).all()).toEqual(once);
    }
  });

  it('gives no number twice when streams are taken up late', async () => {
    const [parked, other, ...later] = history(set('p1', 1), set('p2', 1), set('p3', 1));
    const documents = await new ProjectedDocuments(quotasProjection).apply(other!, parked!, ...later);
    const quotas = await Promise.all(['p1', 'p2', 'p3'].map((projectId) => quota(documents, projectId)));
    expect(new Set(quotas.map((each) => each?.number)).size).toBe(3);
  });

  it('knows nothing of a quota that was removed', async () => {
    const documents = await new ProjectedDocuments(quotasProjection).apply(...history(set('p1', 1), removed('p1')));
    expect(await quota(documents, 'p1')).toBeUndefined();
  });

  it('stops at an event it does not know', async () => {
    const unknown = recordedAt('quota-p1', { type: 'QuotaPainted', schemaVersion: 1, data: {} }, 1);
    await expect(new ProjectedDocuments(quotasProjection).apply(unknown)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});
