import type { DeprecatedUse, RecordedEvent } from '@jeroboam/domain';
import { DEPRECATED_USES, MAX_CLIENTS, deprecatedUsesProjection, type DeprecatedUseDocument } from './deprecated-uses.projection.ts';
import { ProjectedDocuments, recordedAt } from './projected-documents.fixture.ts';

const DAY = '2026-11-23';
const use = (client: string, count: number, projectId = 'p1', feature = 'endpoint:bays'): DeprecatedUse => ({ feature, projectId, client, count });
const counted = (position: number, ...uses: readonly DeprecatedUse[]): RecordedEvent =>
  recordedAt(`deprecation-${DAY}`, { type: 'DeprecatedUseCounted', schemaVersion: 1, data: { day: DAY, uses } }, position);
const projected = (...events: readonly RecordedEvent[]) => new ProjectedDocuments(deprecatedUsesProjection).apply(...events);
const clientsIn = async (documents: ProjectedDocuments, id: string) =>
  (await documents.get<DeprecatedUseDocument>(DEPRECATED_USES.name, id))?.clients;

describe('the projection of deprecated uses', () => {
  it('adds up by day, feature, project and client', async () => {
    const documents = await projected(counted(1, use('osc', 2), use('osc', 1, 'p2'), use('go', 5)), counted(2, use('osc', 3)));
    expect(await clientsIn(documents, `${DAY} endpoint:bays p1`)).toEqual({ osc: 5, go: 5 });
    expect(await clientsIn(documents, `${DAY} endpoint:bays p2`)).toEqual({ osc: 1 });
  });

  it('is the same when everything is delivered again, in one go or from anywhere', async () => {
    const events = [counted(1, use('osc', 2), use('go', 1)), counted(2, use('osc', 1)), counted(3, use('go', 7, 'p2'), use('osc', 1))];
    const once = (await projected(...events)).all();
    for (let from = 0; from < events.length; from += 1) {
      expect((await projected(...events, ...events.slice(from))).all()).toEqual(once);
      expect((await projected(...events.flatMap((event, index) => (index >= from ? [event, event] : [event])))).all()).toEqual(once);
    }
  });

  it('keeps no more names of clients than it should, and no use uncounted', async () => {
    const names = Array.from({ length: MAX_CLIENTS + 5 }, (_, index) => `client-${index}`);
    const clients = await clientsIn(await projected(counted(1, ...names.map((name) => use(name, 1)))), `${DAY} endpoint:bays p1`);
    expect(Object.keys(clients!)).toHaveLength(MAX_CLIENTS + 1);
    expect(clients).toMatchObject({ 'client-0': 1, other: 5 });
  });

  it('counts a client that is called like a member of every object', async () => {
    const documents = await projected(counted(1, use('constructor', 1)), counted(2, use('constructor', 1)));
    expect(await clientsIn(documents, `${DAY} endpoint:bays p1`)).toEqual({ constructor: 2 });
  });

  it('stops at an event it does not know', async () => {
    const unknown = recordedAt(`deprecation-${DAY}`, { type: 'DeprecatedUseForgiven', schemaVersion: 1, data: {} }, 1);
    await expect(projected(unknown)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});
